import type { ReportForm } from "../../artifacts/reportForm.js";

type Layer = ReportForm["layers"][number];

/** Layers that follow each other, drawn as one box. */
export interface Group {
  /** The layer's name, or what the names of all its layers begin with. */
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly constraints: number;
  /** Positions of the groups that it takes elements of; -1 for the model's inputs. */
  readonly from: readonly number[];
}

/** More boxes or lines show nothing any more. */
const MOST_GROUPS = 40;
const MOST_EDGES = 120;

/** Fewer modules show nothing either. */
const FEWEST_GROUPS = 5;

/** Depth of a path of modules that is looked at. */
const DEEPEST = 12;

/**
 * Layers as few enough groups to be drawn: by themselves; else by the modules that they are in, the innermost first; else in
 * runs of about the same length. Each group is a run of layers, so that none takes elements of a later one.
 */
export function groupLayers(layers: readonly Layer[]): Group[] {
  const groups = grouped(layers, MOST_GROUPS);
  // Of ten groups, all can be joined to all.
  return edgesOf(groups) <= MOST_EDGES ? groups : grouped(layers, 10);
}

function grouped(layers: readonly Layer[], most: number): Group[] {
  if (layers.length <= most)
    return groupsOf(
      layers,
      (layer) => layer.layer,
      () => false,
    );
  for (let depth = DEEPEST; depth > 0; depth--) {
    const name = ({ layer }: Layer) => layer.split(".", depth).join(".");
    const groups = groupsOf(layers, name, (one, other) => name(one) === name(other));
    if (groups.length < FEWEST_GROUPS) break;
    if (groups.length <= most) return groups;
  }
  const length = Math.ceil(layers.length / most);
  const runs = new Map(layers.map((layer, i) => [layer, Math.floor(i / length)]));
  const name = ({ layer }: Layer) => `from ${layer}`;
  return groupsOf(layers, name, (one, other) => runs.get(one) === runs.get(other));
}

/** Runs of layers that are together, by the first one's name. */
function groupsOf(
  layers: readonly Layer[],
  name: (layer: Layer) => string,
  isTogether: (before: Layer, after: Layer) => boolean,
): Group[] {
  const runs: Layer[][] = [];
  const groupOf: number[] = [];
  layers.forEach((layer, i) => {
    if (i === 0 || !isTogether(layers[i - 1], layer)) runs.push([]);
    runs[runs.length - 1].push(layer);
    groupOf.push(runs.length - 1);
  });
  return runs.map((run, group) => ({
    name: name(run[0]),
    layers: run,
    constraints: run.reduce((sum, { nonlinear, linear }) => sum + nonlinear + linear, 0),
    from: [
      ...new Set(run.flatMap(({ from = [] }) => from.map((source) => (source < 0 ? -1 : groupOf[source])))),
    ].filter((source) => source !== group),
  }));
}

function edgesOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { from }) => sum + from.length, 0);
}
