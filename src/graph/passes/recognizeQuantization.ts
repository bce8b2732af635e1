import { tensor } from "../../tensor/tensor.js";
import type { GraphBuilder } from "../builder.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import { made, uniform } from "./match.js";
import { rewrite } from "./rewrite.js";

/**
 * Finds quantization that is written out, clamp(round(x / s) + z) or round(clamp(x / s)), and takes a ReLU or a clamp in
 * front of a quantization into its bounds: the circuit then does with one requantization what else were a table.
 */
export function recognizeQuantization(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder, usesOfInput }) => {
    if (node.op === "quantize") return usesOfInput(0) === 1 ? withBounds(builder, node, inputs) : undefined;
    const found = node.op === "clamp" ? clamped(builder, node, inputs[0]) : rounded(builder, node, inputs[0]);
    if (found === undefined || builder.constantOf(found.x) !== undefined) return undefined;
    const { x, scale, zero, min, max } = found;
    const integers = builder.apply("quantize", [x, scale, zero], { min, max });
    const { dtype } = graph.types.get(node.outputs[0])!;
    return [dtype === "int" ? integers : builder.apply("cast", [integers], { to: dtype })];
  });
}

interface Quantization extends Bounds {
  readonly x: ValueId;
  readonly scale: ValueId;
  readonly zero: ValueId;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** clamp(round(x / s) + z), where z may be added before the rounding. */
function clamped(b: GraphBuilder, node: GraphNode, id: ValueId): Quantization | undefined {
  const bounds = boundsOf(node);
  const shifted = lessConstant(b, withoutCast(b, id));
  const rounding = made(b, withoutCast(b, shifted.x), "round");
  if (bounds === undefined || rounding === undefined) return undefined;
  const inner = lessConstant(b, rounding.inputs[0]);
  const divided = quotient(b, inner.x);
  if (divided === undefined || (shifted.zero !== undefined && inner.zero !== undefined)) return undefined;
  return { ...divided, ...bounds, zero: shifted.zero ?? inner.zero ?? b.scalar(0, "int") };
}

/** round(clamp(x / s)) */
function rounded(b: GraphBuilder, { op }: GraphNode, id: ValueId): Quantization | undefined {
  const clamp = op === "round" ? made(b, id, "clamp") : undefined;
  const bounds = clamp && boundsOf(clamp);
  const divided = clamp && quotient(b, clamp.inputs[0]);
  return bounds && divided && { ...divided, ...bounds, zero: b.scalar(0, "int") };
}

function boundsOf({ attributes }: GraphNode): Bounds | undefined {
  const [min, max] = [attributes.min as number, attributes.max as number];
  return Number.isInteger(min) && Number.isInteger(max) && min < max ? { min, max } : undefined;
}

function withoutCast(b: GraphBuilder, id: ValueId): ValueId {
  return made(b, id, "cast")?.inputs[0] ?? id;
}

/** A sum with whole constants, taken apart. */
function lessConstant(b: GraphBuilder, id: ValueId): { x: ValueId; zero?: ValueId } {
  const node = made(b, id, "add") ?? made(b, id, "sub");
  for (const [x, zero] of node === undefined ? [] : [node.inputs, node.inputs.toReversed()]) {
    const value = b.constantOf(zero);
    if (!value?.data.every(Number.isInteger)) continue;
    if (node!.op === "add") return { x: x, zero };
    if (x === node!.inputs[0]) return { x, zero: b.constant({ ...value, data: value.data.map((z) => -z) }) };
  }
  return { x: id };
}

/** x / s or x · (1 / s), with a positive constant. */
function quotient(b: GraphBuilder, id: ValueId): { x: ValueId; scale: ValueId } | undefined {
  const divided = made(b, id, "div");
  if (divided !== undefined) {
    const [x, scale] = divided.inputs as [ValueId, ValueId];
    return isPositive(b, scale) ? { x, scale } : undefined;
  }
  const [left, right] = made(b, id, "mul")?.inputs ?? [];
  if (left === undefined || right === undefined) return undefined;
  const [x, factor] = b.constantOf(left) === undefined ? [left, right] : [right, left];
  if (!isPositive(b, factor)) return undefined;
  const { shape, data } = b.constantOf(factor)!;
  return {
    x,
    scale: b.constant(
      tensor(
        "float",
        shape,
        Array.from(data, (c) => 1 / c),
      ),
    ),
  };
}

function isPositive(b: GraphBuilder, id: ValueId): boolean {
  return b.constantOf(id)?.data.every((value) => value > 0 && value < Infinity) ?? false;
}

/** Rounding keeps the order, so that what cuts off x cuts off its integers. */
function withBounds(
  b: GraphBuilder,
  { attributes }: GraphNode,
  inputs: readonly ValueId[],
): ValueId[] | undefined {
  const [x, scaleId, zeroId] = inputs as [ValueId, ValueId, ValueId];
  const activation = made(b, x, "relu") ?? made(b, x, "clamp");
  const [scale, zero] = [uniform(b, scaleId), uniform(b, zeroId)];
  if (activation === undefined || scale === undefined || zero === undefined) return undefined;
  const { min = 0, max = Infinity } = activation.attributes as Partial<Bounds>;
  const bounds = {
    min: Math.max(attributes.min as number, Math.round(min / scale) + zero),
    max: Math.min(attributes.max as number, Math.round(max / scale) + zero),
  };
  if (bounds.min >= bounds.max) return undefined;
  return [b.apply("quantize", [activation.inputs[0], scaleId, zeroId], bounds)];
}
