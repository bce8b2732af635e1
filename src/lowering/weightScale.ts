import { bitLength } from "../program/arithmetic.js";
import { firstOfClass } from "../program/rowClasses.js";
import { RowPairs } from "../program/rowPairs.js";
import type { Intervals } from "../program/operations/bounds.js";
import { cheapestTournament, tournamentCost } from "../program/tournament.js";
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

/** For every two elements i < j of a window, at place i * window + j, the distinct pairs of rows that they are. */
type WindowPairs = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Chooses the scale of a channel's weights with which what follows costs least: the pooling's matches, and the
 * requantization of the accumulator. A little coarser weights can bring several of these below the next power of two.
 */
export class ScaleChoice {
  private readonly rounded: Float64Array;
  private readonly middle: Float64Array;
  private readonly radius: Float64Array;
  private readonly firstRows: Int32Array;
  private readonly pairs: RowPairs;
  /** For each channel, the costs of scales that lose 0, 1, … sixteenths of a bit. */
  private readonly costs = new Map<number, number[]>();
  private windows: { readonly rows: Int32Array; readonly pairs: WindowPairs } | undefined;

  constructor(
    private readonly linear: WeightedMap,
    private readonly site: Pick<Site, "pooling" | "rectified">,
  ) {
    const { x, map } = linear;
    this.rounded = new Float64Array(map.taps);
    this.middle = x.lo.map((lo, i) => (lo + x.hi[i]) / 2);
    this.radius = x.lo.map((lo, i) => (x.hi[i] - lo) / 2);
    this.firstRows = firstOfClass(map.index, map.taps, map.positions, x);
    this.pairs = new RowPairs(map.index, map.taps, x);
  }

  /**
   * @param finest the scale that loses nothing
   * @param weightLoss sixteenths of a bit of precision that the weights may lose, as in `Precision`
   */
  cheapest(finest: number, channel: number, weightLoss: number): number {
    const { pooling } = this.site;
    const lost = pooling === undefined ? weightLoss : Math.max(weightLoss, LOST_WHEN_POOLED);
    const costs = this.costs.get(channel) ?? [];
    this.costs.set(channel, costs);
    while (costs.length <= lost) costs.push(this.costOf(finest * 2 ** (costs.length / 16), channel));
    const affordable = costs.slice(0, lost + 1);
    return finest * 2 ** (affordable.indexOf(Math.min(...affordable)) / 16);
  }

  private costOf(scale: number, channel: number): number {
    const { pooling } = this.site;
    this.round(channel, scale);
    const matches = pooling ? this.poolingCost(this.windowPairs(channel, pooling), pooling.window) : 0;
    return this.accumulatorBits(channel, scale) + matches;
  }

  private round(channel: number, scale: number): void {
    const { weights, map } = this.linear;
    const first = channel * map.taps;
    for (let k = 0; k < map.taps; k++) this.rounded[k] = Math.floor(weights[first + k] / scale + 0.5);
  }

  /** Bits of a channel's accumulator at the position where it is widest: of its magnitude where a ReLU follows. */
  private accumulatorBits(channel: number, scale: number): number {
    const { map, bias } = this.linear;
    const { channels, groups, positions } = map;
    const firstRow = Math.floor((channel * groups) / channels) * positions;
    const shared = bias.length === channels;
    let widest = 0;
    for (let p = 0; p < positions; p++) {
      const element = channel * positions + p;
      const like = this.firstRows[firstRow + p] - firstRow;
      // The first position of its class has the same constant, and has had its turn.
      if (like < p && (shared || bias[element] === bias[channel * positions + like])) continue;
      widest = Math.max(widest, this.reach(firstRow + p, bias[shared ? channel : element] / scale));
    }
    return widest < Infinity ? bitLength(Math.floor(widest)) : Infinity;
  }

  /**
   * How far a sum reaches: from its least to its greatest value, or from 0 where a ReLU follows. By middles and radii of
   * the inputs' intervals, so that nothing depends on the signs of weights, which no processor foresees.
   */
  private reach(row: number, constant: number): number {
    const { taps, index } = this.linear.map;
    const { rounded, middle, radius } = this;
    let sum = 0;
    let spread = 0;
    for (let k = 0, at = row * taps; k < taps; k++, at++) {
      const source = index[at];
      if (source < 0) continue;
      sum += rounded[k] * middle[source];
      spread += Math.abs(rounded[k]) * radius[source];
    }
    return this.site.rectified ? spread + Math.abs(constant + sum) : 2 * spread;
  }

  /** Constraints of the matches of one window; infinitely many where a difference overflows. */
  private poolingCost(windows: WindowPairs, window: number): number {
    const bounds = new Float64Array(window * window);
    for (const [place, pairs] of windows)
      for (const pair of pairs) {
        const bound = this.pairs.bound(pair, this.rounded);
        if (!(bound < Infinity)) return Infinity;
        bounds[place] = Math.max(bounds[place], bound);
      }
    return tournamentCost(cheapestTournament(window, (i, j) => bounds[i * window + j]));
  }

  /** The pairs of rows that meet in a channel's windows. Channels that are pooled alike share them. */
  private windowPairs(channel: number, { window, index }: NonNullable<Site["pooling"]>): WindowPairs {
    const { channels, groups, positions } = this.linear.map;
    const firstRow = Math.floor((channel * groups) / channels) * positions;
    const own = index.subarray(
      (channel * index.length) / channels,
      ((channel + 1) * index.length) / channels,
    );
    const rows = own.map((element) => firstRow + (element % positions));
    const known = this.windows;
    if (known !== undefined && rows.every((row, i) => row === known.rows[i])) return known.pairs;
    const pairs = new Map<number, Set<number>>();
    for (let at = 0; at < rows.length; at += window) {
      for (let i = 0; i < window; i++) {
        for (let j = i + 1; j < window; j++) {
          if (rows[at + i] === rows[at + j]) continue;
          const place = i * window + j;
          if (!pairs.has(place)) pairs.set(place, new Set());
          pairs.get(place)!.add(this.pairs.of(rows[at + i], rows[at + j]));
        }
      }
    }
    this.windows = { rows, pairs };
    return pairs;
  }
}
