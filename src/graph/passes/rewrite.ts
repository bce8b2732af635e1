import { GraphBuilder } from "../builder.js";
import type { Graph, GraphNode, ValueId } from "../types.js";

/** What a pass makes of one node: the values that stand for its outputs, or undefined to keep the node. */
export type Rewrite = (
  node: GraphNode,
  inputs: readonly ValueId[],
  context: RewriteContext,
) => ValueId[] | undefined;

export interface RewriteContext {
  readonly builder: GraphBuilder;
  /** What became of a value of the old graph that was computed before the node. */
  readonly renamed: (id: ValueId) => ValueId;
  /** How many nodes and outputs of the old graph read the old node's input at this index. */
  readonly usesOfInput: (index: number) => number;
}

/** Rebuilds the graph, letting `visit` replace nodes; `inputs` are the new graph's values. */
export function rewrite(graph: Graph, visit: Rewrite): Graph {
  const builder = new GraphBuilder();
  const renamed = new Map<ValueId, ValueId>();
  for (const { id, dtype, shape } of graph.inputs) renamed.set(id, builder.input(id, { dtype, shape }));
  for (const [id, value] of graph.constants) renamed.set(id, builder.constant(value, id));
  const uses = countUses(graph);
  for (const node of graph.nodes) {
    builder.module = node.module;
    const inputs = node.inputs.map((id) => renamed.get(id)!);
    const usesOfInput = (index: number): number => uses.get(node.inputs[index]) ?? 0;
    const outputs =
      visit(node, inputs, { builder, renamed: (id) => renamed.get(id)!, usesOfInput }) ??
      builder.applyAll(node.op, inputs, node.attributes, node.name);
    node.outputs.forEach((id, i) => renamed.set(id, outputs[i]));
  }
  return builder.finish(graph.outputs.map(({ id }) => ({ name: id, id: renamed.get(id)! })));
}

function countUses(graph: Graph): Map<ValueId, number> {
  const uses = new Map<ValueId, number>();
  const count = (id: ValueId): void => void uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const { id } of graph.outputs) count(id);
  return uses;
}
