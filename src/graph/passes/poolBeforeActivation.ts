import type { Graph } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Activations f with max(f(a), f(b)) = f(max(a, b)). */
const monotone = new Set(["relu"]);

/**
 * Moves max pooling in front of a monotone activation that only it reads. The result is the same, and a circuit then
 * activates one value a window instead of all of them.
 */
export function poolBeforeActivation(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder, usesOfInput }) => {
    const activation = builder.producerOf(inputs[0]!);
    if (node.op !== "maxPool" || activation === undefined || !monotone.has(activation.op)) return undefined;
    if (usesOfInput(0) !== 1) return undefined;
    builder.discard(activation);
    const pooled = builder.apply("maxPool", [activation.inputs[0]!], node.attributes, node.name);
    builder.module = activation.module;
    return [builder.apply(activation.op, [pooled], activation.attributes, activation.name)];
  });
}
