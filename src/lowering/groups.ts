import type { Operand } from "./operand.js";
import type { LinearMap } from "./types.js";

/** Elements that need one scale, group by group; an element may be of several groups. */
export type Groups = Iterable<readonly number[]>;

/** Elements that meet the same weight of a map: those that one tap of one group reads over its positions. */
export function* sharingWeights({ positions, taps, groups, index }: LinearMap): Groups {
  for (let group = 0; group < groups; group++)
    for (let k = 0; k < taps; k++) {
      const elements = Array.from({ length: positions }, (_, p) => index[(group * positions + p) * taps + k]);
      yield elements.filter((i) => i >= 0);
    }
}

/** Elements that meet in a window of `taps` entries of an index; -1 is none. */
export function* sharingWindows(index: Int32Array, taps: number): Groups {
  for (let start = 0; start < index.length; start += taps)
    yield Array.from(index.subarray(start, start + taps)).filter((i) => i >= 0);
}

/**
 * For each element of an operand the number of one that stands for all that it is joined with, directly or by others.
 * Where all have one scale nobody asks.
 */
export function joinedBy({ scale }: Operand, groups: Groups): number[] {
  if (scale.length === 1) return [];
  const size = scale.length;
  const parent = Array.from({ length: size }, (_, i) => i);
  const rootOf = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const group of groups) {
    if (group.length === 0) continue;
    const first = rootOf(group[0]);
    for (const element of group) parent[rootOf(element)] = first;
  }
  return parent.map((_, i) => rootOf(i));
}
