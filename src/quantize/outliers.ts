import type { Graph, ValueId } from "../graph/types.js";
import type { Range } from "../lowering/types.js";
import type { Calibration } from "./calibrate.js";

/**
 * The calibrated ranges, with computed values no further from 0 than on the given percentile of the samples: what is
 * beyond is saturated. Inputs keep their ranges, since every sample is an input of the domain.
 *
 * @param percentile 100: nothing is left out
 */
export function clippedRanges(
  { inputs }: Graph,
  { ranges, reaches }: Calibration,
  percentile: number,
): ReadonlyMap<ValueId, Range> {
  if (percentile >= 100) return ranges;
  const given = new Set(inputs.map(({ id }) => id));
  return new Map(
    Array.from(ranges, ([id, range]) => {
      const most = given.has(id) ? Infinity : quantile(reaches.get(id)!, percentile / 100);
      const clip = (x: number) => Math.min(Math.max(x, -most), most);
      return [id, { lo: range.lo.map(clip), hi: range.hi.map(clip) }] as const;
    }),
  );
}

/** The least entry that at least this share of the entries do not exceed. */
function quantile(values: Float64Array, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** From this many times as far as on any other sample, a value is one sample's alone. */
const OUTLYING = 3;

export interface Outlier {
  /** Number of the sample, from 0. */
  readonly sample: number;
  /** The layer or the input whose values it widens the most. */
  readonly place: string;
  /** How many times as far as on any other sample they reach there. */
  readonly times: number;
}

/** The sample that makes a value reach the most times as far as all others do, if there is one that makes a difference. */
export function outlierOf({ inputs, nodes }: Graph, { reaches }: Calibration): Outlier | undefined {
  const places = [
    ...inputs.map(({ id }) => ({ place: `the input ${id}`, id })),
    ...nodes.flatMap(({ name, outputs }) => outputs.map((id) => ({ place: name, id }))),
  ];
  let worst: Outlier | undefined;
  for (const { place, id } of places) {
    const reach = reaches.get(id);
    if (reach === undefined || reach.length < 2) continue;
    const sorted = Float64Array.from(reach).sort();
    const [next, most] = sorted.subarray(-2);
    const times = most / next;
    if (!(times >= OUTLYING) || times === Infinity || times <= (worst?.times ?? 0)) continue;
    worst = { sample: reach.indexOf(most), place, times };
  }
  return worst;
}
