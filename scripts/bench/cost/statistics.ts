import type { Run } from "./types.js";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What a stage took: the medians of its runs, and the largest peak of memory. @returns undefined where there are none */
export function summary(runs: readonly Run[] | undefined): Run | undefined {
  if (runs === undefined || runs.length === 0) return undefined;
  return {
    cpu: median(runs.map(({ cpu }) => cpu)),
    seconds: median(runs.map(({ seconds }) => seconds)),
    megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
    failed: runs.find(({ failed }) => failed !== undefined)?.failed,
  };
}

/** A growth that is fitted to fewer points is none. */
const LEAST_POINTS = 3;

/**
 * The exponent e of y = c x^e: the slope of the least squares of logarithms, over the larger half of the points.
 *
 * @param points in the order of x
 * @returns undefined for fewer than three points, or where x does not grow
 */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number | undefined {
  const larger = points.slice(-Math.max(LEAST_POINTS, Math.ceil(points.length / 2)));
  if (larger.length < LEAST_POINTS) return undefined;
  const logs = larger.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (k: 0 | 1) => logs.reduce((sum, log) => sum + log[k], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const spread = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (spread < 1e-9) return undefined;
  return logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
