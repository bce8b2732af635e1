import { z } from "zod";
import { bitLength, EXACT_LIMIT } from "../arithmetic.js";
import { firstOfClass } from "../rowClasses.js";
import { hull, joined, magnitude, uniform, type Intervals } from "./bounds.js";
import { concatenate } from "./concatenate.js";
import type { OperationBase, OperationDefinition, SecretRange, TensorId } from "./definition.js";
import { count, floatArray, int32Array, integers } from "./fields.js";
import {
  at,
  grid,
  marked,
  markedColumns,
  markedRuns,
  readThrough,
  reindexed,
  upTo,
  wholeRows,
  type Slice,
} from "./slice.js";

/**
 * out[c * P + p] = bias[c * P + p] + sum_k weights[c * K + k] * x[index[(g * P + p) * K + k]], with the group
 * g = floor(c * groups / C). An index of -1 reads 0 (padding). Linear layers, convolutions, average pools,
 * sums and element-wise scalings are all of this form. It costs no non-linear constraint.
 */
export interface LinearOperation extends OperationBase {
  readonly kind: "linear";
  readonly inputs: readonly TensorId[];
  readonly channels: number;
  readonly positions: number;
  readonly taps: number;
  readonly groups: number;
  readonly weights: Int32Array;
  /** Into the concatenation of the inputs. */
  readonly index: Int32Array;
  /** One per channel or one per output element; integers below 2^53. */
  readonly bias: Float64Array;
  /**
   * Whether weights and bias are the prover's secret, which only a commitment shows. Bounds then depend on them by
   * their bit length alone: see secret.ts. Both are empty in what is published of the program.
   */
  readonly secret?: true;
}

export const linear: OperationDefinition<LinearOperation> = {
  fields: {
    inputs: integers,
    channels: count,
    positions: count,
    taps: count,
    groups: count,
    weights: int32Array,
    index: int32Array,
    bias: floatArray,
    secret: z.literal(true).optional(),
  },
  operands: ({ inputs }) => inputs,
  execute: (operation, operands) => sums(operation, concatenate(operands)),
  intervals(operation, operands, held) {
    const bounds = sumIntervals(operation, joined(operands));
    return operation.secret ? secretIntervals(bounds, held) : bounds;
  },
  inside: greatestSum,
  indexed: true,
  slice: sliceSums,
};

function sums(operation: LinearOperation, x: Float64Array): Float64Array {
  const { channels, positions, taps, groups, weights, index, bias } = operation;
  const out = new Float64Array(channels * positions);
  const perPosition = bias.length !== channels;
  const own = channels / groups;
  const read = new Float64Array(taps);
  for (let row = 0; row < groups * positions; row++) {
    for (let k = 0; k < taps; k++) read[k] = index[row * taps + k] < 0 ? 0 : x[index[row * taps + k]];
    const first = Math.floor(row / positions) * own;
    for (let c = first; c < first + own; c++) {
      const at = c * positions + (row % positions);
      let sum = bias[perPosition ? at : c];
      for (let k = 0, w = c * taps; k < taps; k++, w++) sum += weights[w] * read[k];
      out[at] = sum;
    }
  }
  return out;
}

function sumIntervals(operation: LinearOperation, x: Intervals): Intervals {
  const { channels, positions, taps, groups, weights, index, bias } = operation;
  const lo = new Float64Array(channels * positions);
  const hi = new Float64Array(channels * positions);
  const first = firstOfClass(index, taps, channels === groups ? 1 : positions, x);
  for (let c = 0; c < channels; c++) {
    const firstRow = Math.floor((c * groups) / channels) * positions;
    for (let p = 0; p < positions; p++) {
      const out = c * positions + p;
      const like = c * positions + first[firstRow + p] - firstRow;
      if (like < out) {
        lo[out] = lo[like];
        hi[out] = hi[like];
        continue;
      }
      for (let k = 0, w = c * taps, at = (firstRow + p) * taps; k < taps; k++, w++, at++) {
        const i = index[at];
        if (i < 0) continue;
        lo[out] += weights[w] * (weights[w] > 0 ? x.lo[i] : x.hi[i]);
        hi[out] += weights[w] * (weights[w] > 0 ? x.hi[i] : x.lo[i]);
      }
    }
  }
  for (let out = 0; out < lo.length; out++) {
    const constant = bias[bias.length === channels ? Math.floor(out / positions) : out];
    lo[out] += constant;
    hi[out] += constant;
  }
  return { lo, hi };
}

/** The intervals of a secret layer: all elements have one, which tells no more of the weights than it must. */
function secretIntervals(bounds: Intervals, held?: SecretRange): Intervals {
  const size = bounds.lo.length;
  const honest = hull(bounds);
  const half = 2 ** bitLength(Math.max(honest.hi, -1 - honest.lo, 1));
  const own = held === "by consumer" ? uniform(size, honest.lo, honest.hi) : uniform(size, -half, half - 1);
  return { ...own, honest };
}

/** All positions of all channels that are read anywhere. */
function sliceSums(
  operation: LinearOperation,
  wanted: Uint8Array,
  sizes: readonly number[],
): Slice<LinearOperation> {
  const { channels, positions, taps, weights, bias } = operation;
  const left = channelsLeft(operation, markedRuns(wanted, positions));
  const seen = markedColumns(wanted, positions);
  const kept = grid(left, seen, positions);
  const groupsLeft = groupsOf(operation, left);
  const index = usedIndex(operation, left, groupsLeft, seen);
  return {
    kept,
    reads: readThrough(index, sizes),
    fields: (moved) => ({
      channels: left.length,
      positions: seen.length,
      groups: groupsLeft.length,
      weights: at(weights, wholeRows(left, taps)),
      index: reindexed(index, moved),
      bias: at(bias, bias.length === channels ? left : kept),
    }),
  };
}

/** The groups of some channels, ascending. */
function groupsOf({ channels, groups }: LinearOperation, some: Int32Array): Int32Array {
  const marks = new Uint8Array(groups);
  for (const c of some) marks[Math.floor((c * groups) / channels)] = 1;
  return marked(marks);
}

/** Channels that are read, and in groups of which different numbers are, the others too: groups are of one size. */
function channelsLeft({ channels, groups }: LinearOperation, read: Int32Array): Int32Array {
  const own = channels / groups;
  const counts = new Int32Array(groups);
  for (const c of read) counts[Math.floor(c / own)]++;
  const left = upTo(groups).filter((group) => counts[group] > 0);
  return left.every((group) => counts[group] === counts[left[0]]) ? read : wholeRows(left, own);
}

/** The index of some channels' groups at some positions; -1 where all of a group's channels have a weight of 0. */
function usedIndex(
  { channels, positions, taps, groups, weights, index, secret }: LinearOperation,
  left: Int32Array,
  groupsLeft: Int32Array,
  seen: Int32Array,
): Int32Array {
  const used = new Uint8Array(groups * taps);
  if (secret) used.fill(1);
  else
    for (const c of left) {
      const group = Math.floor((c * groups) / channels);
      for (let k = 0; k < taps; k++) if (weights[c * taps + k] !== 0) used[group * taps + k] = 1;
    }
  const rows = grid(groupsLeft, seen, positions);
  const rest = new Int32Array(rows.length * taps);
  rows.forEach((row, i) => {
    const group = Math.floor(row / positions);
    for (let k = 0; k < taps; k++)
      rest[i * taps + k] = used[group * taps + k] === 1 ? index[row * taps + k] : -1;
  });
  return rest;
}

/** The greatest sum of absolute values: at first by the heaviest channel and the widest operand alone. */
function greatestSum(operation: LinearOperation, operands: readonly Intervals[]): number {
  const { channels, taps, weights, bias } = operation;
  let heaviest = 0;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let k = c * taps; k < (c + 1) * taps; k++) sum += Math.abs(weights[k]);
    heaviest = Math.max(heaviest, sum);
  }
  const widest = operands.reduce((most, operand) => Math.max(most, magnitude(operand)), 0);
  const constant = bias.reduce((most, b) => Math.max(most, Math.abs(b)), 0);
  const roughly = heaviest * widest + constant;
  return roughly < EXACT_LIMIT ? roughly : greatestTerms(operation, operands) + constant;
}

function greatestTerms(operation: LinearOperation, operands: readonly Intervals[]): number {
  const { channels, positions, taps, groups, weights, index } = operation;
  const sizes = operands.flatMap(({ lo, hi }) =>
    Array.from(hi, (h, i) => Math.max(Math.abs(h), Math.abs(lo[i]))),
  );
  let greatest = 0;
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let p = 0; p < positions; p++) {
      let sum = 0;
      for (let k = 0; k < taps; k++) {
        const i = index[(group * positions + p) * taps + k];
        if (i >= 0) sum += Math.abs(weights[c * taps + k]) * sizes[i];
      }
      greatest = Math.max(greatest, sum);
    }
  }
  return greatest;
}
