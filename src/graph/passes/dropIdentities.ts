import { HIDING } from "../../lowering/masks.js";
import { sameShape } from "../../tensor/tensor.js";
import type { GraphBuilder } from "../builder.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import { uniform } from "./match.js";
import { rewrite } from "./rewrite.js";

/**
 * Removes nodes that return one of their inputs as it is: moves that move nothing, sums with 0, products with 1,
 * choices that are fixed. A product with 0 becomes a constant (so every activation is taken to be finite).
 * Dropout, `contiguous` and the like never become nodes at all.
 */
export function dropIdentities(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    const output = graph.types.get(node.outputs[0])!;
    if (node.op === "mul" && inputs.some((id) => uniform(builder, id) === 0)) {
      return [builder.apply("expand", [builder.scalar(0, output.dtype)], { shape: output.shape })];
    }
    const same = neutralTo(node, inputs, builder);
    if (same === undefined) return undefined;
    const type = builder.typeOf(same);
    return type.dtype === output.dtype && sameShape(type.shape, output.shape) ? [same] : undefined;
  });
}

/** The input that the node returns, as far as its operator and attributes tell. */
function neutralTo(node: GraphNode, inputs: readonly ValueId[], b: GraphBuilder): ValueId | undefined {
  const [x, y] = inputs as [ValueId, ValueId];
  switch (node.op) {
    case "add":
      return uniform(b, y) === 0 ? x : uniform(b, x) === 0 ? y : undefined;
    case "mul":
      return uniform(b, y) === 1 ? x : uniform(b, x) === 1 ? y : undefined;
    case "sub":
      return uniform(b, y) === 0 ? x : undefined;
    case "div":
      return uniform(b, y) === 1 ? x : undefined;
    case "maximum":
      return isLowest(b, y) ? x : isLowest(b, x) ? y : undefined;
    case "where":
      return chosen(uniform(b, x), inputs);
    case "transpose":
      return (node.attributes.perm as number[]).every((axis, i) => axis === i) ? x : undefined;
    case "slice":
      return (node.attributes.step as number[]).every((step) => step > 0) ? x : undefined;
    case "concat":
      // Parts without elements add nothing.
      return onlyOne(inputs.filter((id) => !b.shapeOf(id).includes(0)));
    case "cast":
    case "reshape":
    case "expand":
    case "pad":
      return x;
    default:
      return undefined;
  }
}

/** Whether a constant is below all numbers that a model computes, as the least one of float32 is. */
function isLowest(b: GraphBuilder, id: ValueId): boolean {
  return b.constantOf(id)?.data.every((value) => value <= -HIDING) ?? false;
}

function chosen(condition: number | undefined, inputs: readonly ValueId[]): ValueId | undefined {
  return condition === undefined ? undefined : inputs[condition !== 0 ? 1 : 2];
}

function onlyOne(ids: readonly ValueId[]): ValueId | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}
