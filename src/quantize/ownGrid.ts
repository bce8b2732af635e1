import type { Graph, GraphNode, ValueId } from "../graph/types.js";
import { operatorOf } from "../operators/index.js";

/** The one step and the integers to which a model itself quantizes a value, less its zero point. */
export interface OwnGrid {
  readonly scale: number;
  readonly lo: number;
  readonly hi: number;
}

/** What all nodes that read a value, through movements and max pooling alone, quantize it to; undefined where they do not agree. */
export function ownGrid(graph: Graph, id: ValueId): OwnGrid | undefined {
  let found: OwnGrid | undefined;
  const open = [id];
  for (const value of open) {
    if (graph.outputs.some((output) => output.id === value)) return undefined;
    for (const node of graph.nodes.filter(({ inputs }) => inputs.includes(value))) {
      const chooses = operatorOf(node.op).moves === true || node.op === "maxPool";
      if (chooses && node.inputs.every((input) => open.includes(input))) open.push(...node.outputs);
      else {
        const grid = gridOf(graph, node);
        if (grid === undefined) return undefined;
        if (found !== undefined && !same(found, grid)) return undefined;
        found = grid;
      }
    }
  }
  return found;
}

function gridOf({ constants }: Graph, { op, inputs, attributes }: GraphNode): OwnGrid | undefined {
  if (op !== "quantize") return undefined;
  const [scale, zero] = inputs.slice(1).map((id) => {
    const data = constants.get(id)?.data;
    return data?.every((value) => value === data[0]) ? data[0] : undefined;
  });
  if (scale === undefined || zero === undefined) return undefined;
  return { scale, lo: (attributes.min as number) - zero, hi: (attributes.max as number) - zero };
}

function same(a: OwnGrid, b: OwnGrid): boolean {
  return a.scale === b.scale && a.lo === b.lo && a.hi === b.hi;
}
