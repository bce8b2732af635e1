import type { GraphBuilder } from "../builder.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import { rootOfSquare } from "./columns.js";
import { made } from "./match.js";
import { rewrite } from "./rewrite.js";

/**
 * Makes the mean of (x - mean x)² of a variance that was written as mean x² - (mean x)², whose terms nearly cancel: on
 * integers little would be left of it.
 */
export function centerVariance(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    const [squares, square] = inputs as [ValueId, ValueId];
    const ofSquares = node.op === "sub" ? made(builder, squares, "mean") : undefined;
    const ofValues = ofSquares && made(builder, rootOfSquare(builder, square) ?? "", "mean");
    const x = ofSquares && rootOfSquare(builder, ofSquares.inputs[0]);
    if (x === undefined || ofValues?.inputs[0] !== x || !isSame(ofSquares!, ofValues)) return undefined;
    return [variance(builder, x, ofSquares!)];
  });
}

function isSame({ attributes: one }: GraphNode, { attributes: other }: GraphNode): boolean {
  return one.keepDims === other.keepDims && String(one.axes) === String(other.axes);
}

function variance(b: GraphBuilder, x: ValueId, { attributes }: GraphNode): ValueId {
  const mean = b.apply("mean", [x], { ...attributes, keepDims: true });
  const centered = b.apply("sub", [x, mean]);
  return b.apply("mean", [b.apply("mul", [centered, centered])], attributes);
}
