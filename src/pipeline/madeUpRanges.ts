import { interpret } from "../graph/interpret.js";
import { sizeOf } from "../tensor/tensor.js";
import type { Graph, GraphValue, ValueId } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import type { Range } from "../lowering/types.js";
import { hull, type Bounds } from "../program/operations/bounds.js";

/** Ranges that stand for those of samples, and where made-up inputs gave no numbers all the same. */
export interface MadeUpRanges {
  readonly ranges: ReadonlyMap<ValueId, Range>;
  /** The inputs' interval. */
  readonly interval: Bounds;
  /** Layers of which a result is not a number, or infinite where its operands are not. */
  readonly undefined: ReadonlySet<string>;
}

/** Made-up inputs stand for samples: few, since only ranges are taken from them. */
const SAMPLES = 4;

/** Where inputs may lie: around 0; and where logarithms, roots, quotients and inverse functions have values. */
const INTERVALS: readonly Bounds[] = [
  { lo: -1, hi: 1 },
  { lo: 0.1, hi: 0.9 },
  { lo: 1.1, hi: 3 },
  { lo: -0.9, hi: -0.1 },
];

/** Ranges from made-up inputs, those that leave the fewest layers undefined first. */
export function madeUpRanges(graph: Graph): MadeUpRanges[] {
  return INTERVALS.map((interval) => rangesOver(graph, interval)).sort(
    (a, b) => a.undefined.size - b.undefined.size,
  );
}

function rangesOver(graph: Graph, interval: Bounds): MadeUpRanges {
  const ranges = new Map<ValueId, Range>();
  const broken = new Set<ValueId>();
  for (let n = 0; n < SAMPLES; n++) {
    const inputs = new Map(graph.inputs.map((input) => [input.id, madeUp(input, n, interval)]));
    interpret(graph, inputs, {
      observe(id, { data }) {
        if (data.some((x) => !Number.isFinite(x))) broken.add(id);
        const range = ranges.get(id) ?? nowhere(data.length);
        ranges.set(id, range);
        data.forEach((x, i) => {
          // What a mask hides is infinitely low.
          if (Number.isNaN(x) || x === Infinity) return;
          range.lo[i] = Math.min(range.lo[i], x);
          range.hi[i] = Math.max(range.hi[i], x);
        });
      },
    });
  }
  for (const range of ranges.values()) fill(range);
  const infinite = (id: ValueId) =>
    broken.has(id) || graph.constants.get(id)?.data.some((x) => !Number.isFinite(x));
  const first = graph.nodes.filter(
    ({ inputs, outputs }) => outputs.some((id) => broken.has(id)) && !inputs.some(infinite),
  );
  return { ranges, interval, undefined: new Set(first.map(({ name }) => name)) };
}

function nowhere(size: number): Range {
  return { lo: new Float64Array(size).fill(Infinity), hi: new Float64Array(size).fill(-Infinity) };
}

/** An element that never was a number takes the reach of the others, or [0, 1]. */
function fill({ lo, hi }: Range): void {
  const all = hull({ lo, hi });
  lo.forEach((bound, i) => {
    if (bound <= hi[i]) return;
    lo[i] = all.lo <= all.hi ? all.lo : 0;
    hi[i] = all.lo <= all.hi ? all.hi : 1;
  });
}

/** The same numbers at every call, spread over the interval; indices are 0 and 1 in turn. */
function madeUp({ dtype, shape }: GraphValue, sample: number, { lo, hi }: Bounds): Tensor {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    if (dtype !== "float") return (i + sample) % 2;
    return lo + ((hi - lo) * (Math.imul(i + 1 + sample * 7919, 2654435761) >>> 0)) / 2 ** 32;
  });
  return { dtype, shape, data };
}
