import type { Loops } from "./connection.js";
import { LOOP_VARIABLES } from "./names.js";

/**
 * Moves of elements as nested loops over strides: transpositions, slices, reshapes and expansions are one nest each.
 *
 * @param to the elements that are written, one after the other
 * @param from the elements that they are read from
 * @param most how many nests may be returned
 * @returns undefined where it takes more
 */
export function nestsOf(to: ArrayLike<number>, from: ArrayLike<number>, most: number): Loops[] | undefined {
  const nests: Loops[] = [];
  for (let first = 0; first < to.length;) {
    if (nests.length === most) return undefined;
    const { nest, length } = longestNest(to, from, first);
    nests.push(nest);
    first += length;
  }
  return nests;
}

/** Grows a nest from the inside: a block of elements that repeats at equal distances becomes a loop around it. */
function longestNest(
  to: ArrayLike<number>,
  from: ArrayLike<number>,
  first: number,
): { nest: Loops; length: number } {
  const counts: number[] = [];
  const strides: { to: number; from: number }[] = [];
  let length = 1;
  while (counts.length < LOOP_VARIABLES.length && first + length < to.length) {
    const stride = {
      to: to[first + length] - to[first],
      from: from[first + length] - from[first],
    };
    let count = 1;
    while (repeats(to, first, length, count, stride.to) && repeats(from, first, length, count, stride.from))
      count++;
    if (count === 1) break;
    counts.unshift(count);
    strides.unshift(stride);
    length *= count;
  }
  const nest = {
    counts,
    to: { start: to[first], strides: strides.map((stride) => stride.to) },
    from: { start: from[first], strides: strides.map((stride) => stride.from) },
  };
  return { nest, length };
}

/** Whether the block after `count` others is the first one, moved by `count` strides. */
function repeats(
  values: ArrayLike<number>,
  first: number,
  length: number,
  count: number,
  stride: number,
): boolean {
  const start = first + count * length;
  if (start + length > values.length) return false;
  for (let i = 0; i < length; i++) if (values[start + i] !== values[first + i] + count * stride) return false;
  return true;
}
