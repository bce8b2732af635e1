import { sameShape } from "../tensor.js";
import type { Graph, GraphNode, TensorType } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Removes nodes that return their input as it is. Dropout, `contiguous` and the like never become nodes at all. */
export function dropIdentities(graph: Graph): Graph {
  return rewrite(graph, (node, inputs) => {
    const input = graph.types.get(node.inputs[0]!)!;
    const output = graph.types.get(node.outputs[0]!)!;
    return isIdentity(node, input, output) ? [inputs[0]!] : undefined;
  });
}

const moving = new Set(["reshape", "expand", "slice", "pad", "concat"]);

function isIdentity(node: GraphNode, input: TensorType, output: TensorType): boolean {
  if (input.dtype !== output.dtype || !sameShape(input.shape, output.shape)) return false;
  if (node.op === "cast") return true;
  if (node.op === "transpose") return (node.attributes.perm as number[]).every((axis, i) => axis === i);
  if (node.op === "slice" && (node.attributes.step as number[]).some((step) => step < 0)) return false;
  // With equal shapes, these have moved nothing; a concat may still have had empty parts in front.
  return moving.has(node.op) && (node.op !== "concat" || node.inputs.length === 1);
}
