import type { Graph, ValueId } from "../graph/types.js";
import type { Program } from "../program/types.js";
import type { Tensor } from "../tensor/types.js";
import { decisionsOf } from "./decisions.js";
import { integerOutputs } from "./evaluate.js";
import type { Labels } from "./labels.js";

/** Float model and integer program side by side, for people to look at. */
export interface Comparison {
  /** Some values of each output, evenly chosen: the float model's and the integer program's. */
  readonly outputs: readonly {
    readonly output: string;
    readonly pairs: readonly (readonly [float: number, integer: number])[];
  }[];
  /** Of a first output that is decisions between at most {@link MOST_CLASSES} classes. */
  readonly decisions?: {
    readonly classes: number;
    /** How often the float model chose the first class where the integer program chose the second. */
    readonly byFloat: readonly Count[];
    /** How often the integer program chose the second class where the label is the first. */
    readonly byLabel?: readonly Count[];
  };
}

type Count = readonly [first: number, second: number, count: number];

/** More do not fit a picture. */
const MOST_CLASSES = 40;
const MOST_OUTPUTS = 4;
const MOST_PAIRS = 240;

/** Digits that show in a picture. */
const DIGITS = 6;

/**
 * @param program whose outputs are values, not argmax
 * @param floats the float outputs per sample, in the order of the graph's
 */
export function compareOutputs(
  graph: Graph,
  program: Program,
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
  floats: readonly (readonly Tensor[])[],
  labels: Labels | undefined,
): Comparison {
  const integers = integerOutputs(program, samples);
  const { decisions, decide } = decisionsOf(graph, labels);
  const chosen = (rows: readonly Float64Array[]) => rows.map(decide);
  const byInteger = decisions ? chosen(integers.map(([first]) => first)) : [];
  const byFloat = decisions ? chosen(floats.map(([first]) => first.data)) : [];
  const most = Math.max(-1, ...[...byInteger, ...byFloat, ...(labels?.rows ?? [])].map(greatest));
  const classes = Math.max(most + 1, decisionsOf(graph, labels).classes ?? 0, 2);
  return {
    outputs: program.outputs.slice(0, MOST_OUTPUTS).map(({ name }, o) => ({
      output: name,
      pairs: somePairs(
        floats.map((row) => row[o].data),
        integers.map((row) => row[o]),
      ),
    })),
    ...(decisions &&
      classes <= MOST_CLASSES && {
        decisions: {
          classes,
          byFloat: counts(byFloat, byInteger),
          ...(labels && { byLabel: counts(labels.rows, byInteger) }),
        },
      }),
  };
}

function greatest(row: Float64Array): number {
  return row.reduce((a, b) => Math.max(a, b), -1);
}

/** How often each pair of classes occurs, in order. */
function counts(first: readonly Float64Array[], second: readonly Float64Array[]): Count[] {
  const found = new Map<string, [number, number, number]>();
  first.forEach((row, i) =>
    row.forEach((a, j) => {
      const b = second[i][j];
      const count = found.get(`${a} ${b}`) ?? [a, b, 0];
      count[2]++;
      found.set(`${a} ${b}`, count);
    }),
  );
  return [...found.values()].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}

function somePairs(floats: readonly Float64Array[], integers: readonly Float64Array[]): [number, number][] {
  const width = floats[0]?.length ?? 0;
  const total = floats.length * width;
  const shown = Math.min(total, MOST_PAIRS);
  return Array.from({ length: shown }, (_, i) => {
    const at = Math.floor((i * total) / shown);
    const [row, column] = [Math.floor(at / width), at % width];
    const rounded = (x: number) => Number(x.toPrecision(DIGITS));
    return [rounded(floats[row][column]), rounded(integers[row][column])] satisfies [number, number];
  }).filter((pair) => pair.every(Number.isFinite));
}
