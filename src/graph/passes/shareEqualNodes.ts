import type { Graph, ValueId } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Computes once what the graph computes twice: exporters write the mean of a variance, and that of the norm around it. */
export function shareEqualNodes(graph: Graph): Graph {
  const known = new Map<string, ValueId[]>();
  return rewrite(graph, (node, inputs, { builder }) => {
    const key = JSON.stringify([node.op, inputs, Object.entries(node.attributes).sort()], exactly);
    const same = known.get(key);
    if (same !== undefined) return same;
    const outputs = builder.applyAll(node.op, inputs, node.attributes, node.name);
    known.set(key, outputs);
    return outputs;
  });
}

/** JSON knows no infinite number. */
function exactly(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
