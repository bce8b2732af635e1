import { Graph, layout } from "@dagrejs/dagre";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where boxes and lines are, from the top left. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Centers of the boxes. */
  readonly boxes: readonly Point[];
  /** The points of each line, from its first box to its second. */
  readonly lines: readonly (readonly Point[])[];
}

/** Boxes of one size, in layers from top to bottom, so that few lines cross. @param edges pairs of boxes */
export function layOut(
  boxes: number,
  edges: readonly (readonly [from: number, to: number])[],
  size: { readonly width: number; readonly height: number },
): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 30, marginx: 2, marginy: 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (let box = 0; box < boxes; box++) graph.setNode(String(box), { ...size });
  for (const [from, to] of edges) graph.setEdge(String(from), String(to));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    ...{ width, height },
    boxes: Array.from({ length: boxes }, (_, box) => graph.node(String(box)) as Point),
    lines: edges.map(([from, to]) => (graph.edge(String(from), String(to)) as { points: Point[] }).points),
  };
}
