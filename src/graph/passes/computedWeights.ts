import { intOf } from "../../operators/attributes.js";
import { transposedCells, windowCells } from "../../operators/convolution.js";
import type { GraphBuilder } from "../builder.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import type { Shape } from "../../tensor/types.js";
import { rewrite } from "./rewrite.js";

/**
 * Layers of which the weights are computed, or inputs of the model, in terms of products of two computed values: a
 * linear layer and a convolution hold constant weights only, and so does a norm its scale and shift.
 */
export function computedWeights(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    const express = expressions[node.op];
    const isComputed = (id: ValueId): boolean => builder.constantOf(id) === undefined;
    if (express === undefined || !inputs.slice(1).some(isComputed)) return undefined;
    const [x, weight, bias] = inputs as [ValueId, ValueId, ValueId?];
    const { shape } = graph.types.get(node.outputs[0])!;
    const product = isComputed(weight)
      ? express(builder, node, [x, weight], shape)
      : builder.apply(node.op, [x, weight], node.attributes, node.name);
    if (bias === undefined) return [product];
    const spatial = node.op.startsWith("conv") ? shape.slice(2) : [];
    const spread = reshape(builder, bias, [...builder.shapeOf(bias), ...spatial.map(() => 1)]);
    return [builder.apply("add", [product, spread])];
  });
}

/** What stands for a node of input and weight, without its bias, of which the result has this shape. */
type Expression = (
  b: GraphBuilder,
  node: GraphNode,
  inputs: readonly [ValueId, ValueId],
  shape: Shape,
) => ValueId;

const expressions: Readonly<Record<string, Expression>> = {
  linear(b, { name }, [x, weight], shape) {
    const features = b.shapeOf(x).at(-1)!;
    const matrix = reshape(b, x, [sizeOf(b.shapeOf(x)) / features, features]);
    const columns = b.apply("transpose", [weight], { perm: [1, 0] });
    return reshape(b, b.apply("matmul", [matrix, columns], {}, name), shape);
  },
  conv(b, node, [x, weight], shape) {
    const kernels = b.shapeOf(weight);
    const groups = intOf(node.attributes, "groups");
    const rows = reshape(b, weight, [groups, kernels[0] / groups, sizeOf(kernels.slice(1))]);
    return overWindows(b, node, x, windowCells(b.shapeOf(x), kernels, node.attributes), rows, shape);
  },
  convTranspose(b, node, [x, weight], shape) {
    const kernels = b.shapeOf(weight);
    const groups = intOf(node.attributes, "groups");
    const [inputs, outputs, kernel] = [kernels[0] / groups, kernels[1], sizeOf(kernels.slice(2))];
    const split = reshape(b, weight, [groups, inputs, outputs, kernel]);
    const turned = b.apply("transpose", [split], { perm: [0, 2, 1, 3] });
    const rows = reshape(b, turned, [groups, outputs, inputs * kernel]);
    const cells = transposedCells(b.shapeOf(x), kernels, node.attributes, sizeOf(shape.slice(2)));
    return overWindows(b, node, x, cells, rows, shape);
  },
  layerNorm: norm,
  rmsNorm: norm,
};

/** Weights [groups, channels, taps] times the windows [N, groups, taps, places] of x. */
function overWindows(
  b: GraphBuilder,
  { name }: GraphNode,
  x: ValueId,
  cells: Int32Array,
  weights: ValueId,
  shape: Shape,
): ValueId {
  const [samples, planes, ...spatial] = b.shapeOf(x) as [number, number, ...number[]];
  const [groups, , taps] = b.shapeOf(weights) as [number, number, number];
  const [area, places] = [sizeOf(spatial), sizeOf(shape.slice(2))];
  const kernel = cells.length / places;
  const flat = reshape(b, x, [samples, planes, area]);
  const edged = b.apply("pad", [flat], { before: [0, 0, 0], after: [0, 0, 1], value: 0 });
  // By kernel element first, then by place; what lies in the padding is the 0 at the end.
  const order = Array.from(cells, (_, i) => {
    const cell = cells[(i % places) * kernel + Math.floor(i / places)];
    return cell < 0 ? area : cell;
  });
  const windows = b.apply("gather", [edged, b.ints(order)], { axis: 2 });
  const columns = reshape(b, windows, [samples, groups, taps, places]);
  return reshape(b, b.apply("matmul", [weights, columns], {}, name), shape);
}

/** The norm itself, then its scale. */
function norm(
  b: GraphBuilder,
  { op, name, attributes }: GraphNode,
  [x, weight]: readonly [ValueId, ValueId],
): ValueId {
  return b.apply("mul", [b.apply(op, [x], attributes, name), weight]);
}

function reshape(b: GraphBuilder, x: ValueId, shape: Shape): ValueId {
  return b.apply("reshape", [x], { shape: [...shape] });
}
