import type { Graph, ValueId } from "../types.js";

/** Removes nodes and constants that no output needs. Inputs stay: they are the model's interface. */
export function removeDeadCode(graph: Graph): Graph {
  const needed = new Set<ValueId>(graph.outputs.map(({ id }) => id));
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((id) => needed.has(id))) return false;
    for (const id of node.inputs) needed.add(id);
    return true;
  });
  const kept = new Set([
    ...needed,
    ...graph.inputs.map(({ id }) => id),
    ...nodes.flatMap((node) => node.outputs),
  ]);
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: nodes.toReversed(),
    constants: new Map([...graph.constants].filter(([id]) => needed.has(id))),
    types: new Map([...graph.types].filter(([id]) => kept.has(id))),
  };
}
