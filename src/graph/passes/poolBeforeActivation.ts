import type { Graph, GraphNode, ValueId } from "../types.js";
import { rewrite } from "./rewrite.js";

/**
 * Moves max pooling in front of activations f with max(f(a), f(b)) = f(max(a, b)) that only it reads. The result is the
 * same, and a circuit then activates, or quantizes, one value a window instead of all of them.
 */
export function poolBeforeActivation(graph: Graph): Graph {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  return rewrite(graph, (node, _, { builder, renamed }) => {
    if (node.op !== "maxPool") return undefined;
    const before = chainBefore(graph, node.inputs[0], producers);
    const chain = before.slice(0, before.findLastIndex(({ op }) => op === "relu" || op === "quantize") + 1);
    if (chain.length === 0) return undefined;
    for (const member of chain) builder.discard(builder.producerOf(renamed(member.outputs[0]))!);
    let result = builder.apply(
      "maxPool",
      [renamed(variableOf(graph, chain.at(-1)!)!)],
      node.attributes,
      node.name,
    );
    for (const member of chain.toReversed()) {
      const variable = variableOf(graph, member);
      const inputs = member.inputs.map((id) => (id === variable ? result : renamed(id)));
      builder.module = member.module;
      result = builder.apply(member.op, inputs, member.attributes, member.name);
    }
    return [result];
  });
}

/**
 * The nodes that lead to a value, the last one first, as long as each is read by the next alone and keeps the order.
 */
function chainBefore(graph: Graph, id: ValueId, producers: ReadonlyMap<ValueId, GraphNode>): GraphNode[] {
  const chain: GraphNode[] = [];
  for (let value: ValueId | undefined = id; value !== undefined;) {
    const node = producers.get(value);
    if (node === undefined || readers(graph, value) !== 1 || !keepsOrder(graph, node)) break;
    chain.push(node);
    value = variableOf(graph, node);
  }
  return chain;
}

function readers({ nodes, outputs }: Graph, id: ValueId): number {
  const read = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map((output) => output.id)];
  return read.filter((value) => value === id).length;
}

/** The one input that is not a constant. */
function variableOf({ constants }: Graph, { inputs }: GraphNode): ValueId | undefined {
  const variables = inputs.filter((id) => !constants.has(id));
  return variables.length === 1 ? variables[0] : undefined;
}

/** Whether a node does the same to all elements, and never takes a greater one to a smaller one. */
function keepsOrder(graph: Graph, node: GraphNode): boolean {
  const variable = variableOf(graph, node);
  const constants = node.inputs.flatMap((id) => graph.constants.get(id) ?? []);
  if (variable === undefined || !constants.every(({ data }) => data.every((value) => value === data[0])))
    return false;
  const isPositive = constants.every(({ data }) => data[0] > 0);
  switch (node.op) {
    case "relu":
    case "quantize":
    case "cast":
    case "add":
      return true;
    case "sub":
    case "div":
      return node.inputs[0] === variable && (node.op === "sub" || isPositive);
    case "mul":
      return isPositive;
    default:
      return false;
  }
}
