import { int32sOf } from "./int32.js";
import type { Intervals } from "./operations/bounds.js";

/**
 * Finds the rows of a linear map that read inputs of equal intervals: with equal weights their sums have equal bounds,
 * so that one row stands for all. Most positions of a convolution are alike: all but those at the edges.
 *
 * @param index of the map, `taps` entries per row; -1 reads 0
 * @param positions rows of one group, which share weights
 * @param x intervals of the inputs
 * @returns for each row the first of its group that is like it
 */
export function firstOfClass(index: Int32Array, taps: number, positions: number, x: Intervals): Int32Array {
  const first = int32sOf(index.length / taps, (row) => row);
  if (positions === 1) return first;
  const kinds = intervalKinds(x);
  const kindAt = (place: number) => (index[place] < 0 ? -1 : kinds[index[place]]);
  const isLike = (row: number, other: number) => {
    for (let k = 0; k < taps; k++) if (kindAt(row * taps + k) !== kindAt(other * taps + k)) return false;
    return true;
  };
  let known = new Map<number, number[]>();
  for (let row = 0; row < first.length; row++) {
    if (row % positions === 0) known = new Map();
    let hash = 0;
    for (let k = row * taps; k < (row + 1) * taps; k++) hash = (Math.imul(hash, 31) + kindAt(k)) | 0;
    const candidates = known.get(hash);
    const like = candidates?.find((other) => isLike(row, other));
    if (like !== undefined) first[row] = like;
    else if (candidates === undefined) known.set(hash, [row]);
    else candidates.push(row);
  }
  return first;
}

/** Numbers for the elements' intervals, equal ones for equal intervals. */
export function intervalKinds({ lo, hi }: Intervals): Int32Array {
  const kinds = new Map<number, Map<number, number>>();
  let count = 0;
  return int32sOf(lo.length, (i) => {
    let ends = kinds.get(lo[i]);
    if (ends === undefined) kinds.set(lo[i], (ends = new Map()));
    let kind = ends.get(hi[i]);
    if (kind === undefined) ends.set(hi[i], (kind = count++));
    return kind;
  });
}
