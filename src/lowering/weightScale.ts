import { bitLength } from "../program/arithmetic.js";
import { FormDifferences, type LinearForm } from "../program/differences.js";
import type { Intervals } from "../program/operations/bounds.js";
import { cheapestTournament, tournamentCost } from "../program/tournament.js";
import { roundHalfUp } from "./numbers.js";
import type { LinearMap, Site } from "./types.js";

/** Sixteenths of a bit of weight precision that may be lost at least where a pooling's matches all gain by it. */
const LOST_WHEN_POOLED = 12;

/** Real weights and biases of a linear map on the integers of x. */
export interface WeightedMap {
  readonly x: Intervals;
  readonly map: LinearMap;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/**
 * The scale of a channel's weights with which what follows costs least: the pooling's matches, and the requantization
 * of the accumulator. A little coarser weights can bring several of these below the next power of two.
 *
 * @param weightLoss sixteenths of a bit of precision that the weights may lose, as in `Precision`
 */
export function cheapestScale(
  finest: number,
  c: number,
  linear: WeightedMap,
  { pooling, rectified }: Pick<Site, "pooling" | "rectified">,
  weightLoss: number,
): number {
  const differences = new FormDifferences(linear.x);
  const lost = pooling === undefined ? weightLoss : Math.max(weightLoss, LOST_WHEN_POOLED);
  const candidates = Array.from({ length: lost + 1 }, (_, i) => 2 ** (i / 16));
  const costs = candidates.map((factor) => {
    const weights = integerRow(linear, c, finest * factor);
    const matches = pooling === undefined ? 0 : poolingCost(linear, c, weights, pooling, differences);
    return accumulatorBits(linear, c, weights, finest * factor, rectified) + matches;
  });
  return finest * candidates[costs.indexOf(Math.min(...costs))];
}

function integerRow({ weights, map }: WeightedMap, c: number, scale: number): Float64Array {
  return weights.slice(c * map.taps, (c + 1) * map.taps).map((w) => roundHalfUp(w / scale));
}

function rowOf({ channels, groups, positions, taps }: LinearMap, c: number, p: number): number {
  return (Math.floor((c * groups) / channels) * positions + p) * taps;
}

/** Bits of a channel's accumulator at the position where it is widest: of its magnitude where a ReLU follows. */
function accumulatorBits(
  { x, map, bias }: WeightedMap,
  c: number,
  weights: Float64Array,
  scale: number,
  rectified: boolean,
): number {
  let widest = 0;
  for (let p = 0; p < map.positions; p++) {
    const constant = bias[bias.length === map.channels ? c : c * map.positions + p] / scale;
    let [lo, hi] = [constant, constant];
    const start = rowOf(map, c, p);
    for (let k = 0; k < map.taps; k++) {
      const source = map.index[start + k];
      if (source < 0) continue;
      const w = weights[k];
      lo += w * (w > 0 ? x.lo[source] : x.hi[source]);
      hi += w * (w > 0 ? x.hi[source] : x.lo[source]);
    }
    widest = Math.max(widest, rectified ? Math.max(hi, -lo) : hi - lo);
  }
  return bitsOf(widest);
}

/** Bits of a bound; infinitely many where it overflows, so that any other scale costs less. */
function bitsOf(bound: number): number {
  return bound < Infinity ? bitLength(Math.floor(bound)) : Infinity;
}

/** Constraints of the matches of one window of a channel. */
function poolingCost(
  { map }: WeightedMap,
  c: number,
  weights: Float64Array,
  { window, index }: NonNullable<Site["pooling"]>,
  differences: FormDifferences,
): number {
  const own = index.subarray((c * index.length) / map.channels, ((c + 1) * index.length) / map.channels);
  const bounds = new Float64Array(window * window);
  const formAt = (element: number): LinearForm => {
    const start = rowOf(map, c, element % map.positions);
    return { weights, first: 0, index: map.index, start, taps: map.taps };
  };
  for (let at = 0; at < own.length; at += window) {
    for (let i = 0; i < window; i++) {
      for (let j = i + 1; j < window; j++) {
        if (own[at + i] === own[at + j]) continue;
        const bound = differences.bound(formAt(own[at + i]), formAt(own[at + j]));
        if (!(bound < Infinity)) return Infinity;
        bounds[i * window + j] = Math.max(bounds[i * window + j], bound);
      }
    }
  }
  return tournamentCost(cheapestTournament(window, (i, j) => bounds[i * window + j]));
}
