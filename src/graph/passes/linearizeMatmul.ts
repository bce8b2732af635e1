import type { Graph } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Turns matmul(x, constant matrix) into linear, so that one operator holds all dense weights. */
export function linearizeMatmul(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    const weight = node.op === "matmul" ? builder.constantOf(inputs[1]) : undefined;
    if (weight?.shape.length !== 2) return undefined;
    return [builder.apply("linear", [inputs[0], builder.apply("transpose", [inputs[1]], { perm: [1, 0] })])];
  });
}
