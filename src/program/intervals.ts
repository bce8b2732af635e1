import type { Intervals } from "./types.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { activationAt, activationDomain, activationIndex } from "./activation.js";
import { reciprocal, shiftRound } from "./arithmetic.js";
import { assertExact } from "./exact.js";
import { concatenate } from "./execute.js";
import { rangeEnforcers, secretIntervals, secretRequantized, type SecretRange } from "./secret.js";
import type {
  ActivateOperation,
  LinearOperation,
  LookupOperation,
  MatmulOperation,
  MaxOperation,
  Operation,
  Program,
  SoftmaxOperation,
  TopKOperation,
  ViewOperation,
} from "./types.js";
import { int32s } from "./int32.js";

/**
 * The intervals of every operation of a program, by interval arithmetic on exact linear forms.
 *
 * @throws Torch2CircomError where an operation could reach 2^53, or a table does not cover its input
 */
export function checkedIntervals(program: Program): Intervals[] {
  const intervals: Intervals[] = [];
  const { layers, requantizations } = rangeEnforcers(program);
  for (const [tensor, operation] of program.operations.entries()) {
    const enforced = layers.has(tensor) || requantizations.has(tensor);
    const bounds = operationIntervals(operation, intervals, enforced ? "by consumer" : "by itself");
    assertExact(operation, bounds, intervals);
    intervals.push(bounds);
  }
  return intervals;
}

/**
 * The intervals of one operation from those of the operations before it.
 * @param held who keeps a secret layer in range, as far as it concerns the operation: see secret.ts
 */
export function operationIntervals(
  operation: Operation,
  before: readonly Intervals[],
  held?: SecretRange,
): Intervals {
  switch (operation.kind) {
    case "input":
      return {
        lo: new Float64Array(operation.size).fill(operation.lo),
        hi: new Float64Array(operation.size).fill(operation.hi),
      };
    case "linear": {
      const bounds = linearIntervals(operation, concatenateIntervals(operation.inputs, before));
      return operation.secret ? secretIntervals(bounds, held) : bounds;
    }
    case "view":
      return viewIntervals(operation, before);
    case "requantize": {
      const block = operation.size / operation.blocks;
      const bound = (x: number, i: number) =>
        Math.min(
          Math.max(shiftRound(x, operation.shift[Math.floor(i / block)]), operation.min),
          operation.max,
        );
      const x = before[operation.input];
      const bounds = { lo: x.lo.map(bound), hi: x.hi.map(bound) };
      return x.honest === undefined ? bounds : secretRequantized(operation, x.honest, bounds, held);
    }
    case "max":
      return maxIntervals(operation, before[operation.input]);
    case "activate":
      return activationIntervals(operation, before[operation.input]);
    case "argmax":
      return {
        lo: new Float64Array(operation.size),
        hi: new Float64Array(operation.size).fill(operation.classes - 1),
      };
    case "topk":
      return topKIntervals(operation, before[operation.input]);
    case "product":
      return productIntervals(operation.inputs, before);
    case "reciprocal": {
      const x = before[operation.input];
      const of = (value: number) => reciprocal(operation.numerator, Math.max(1, value));
      return { lo: x.hi.map(of), hi: x.lo.map(of) };
    }
    case "matmul":
      return matmulIntervals(operation, before[operation.inputs[0]], before[operation.inputs[1]]);
    case "lookup":
      return lookupIntervals(operation, before[operation.input]);
    case "normalize": {
      // Strictly inside, since no element exceeds the root of the sum of squares.
      const bound = 2 ** (operation.rootBits - operation.drop) - 1;
      return {
        lo: new Float64Array(operation.size).fill(-bound),
        hi: new Float64Array(operation.size).fill(bound),
      };
    }
    case "softmax":
      return softmaxIntervals(operation);
  }
}

function viewIntervals({ inputs, index }: ViewOperation, before: readonly Intervals[]): Intervals {
  const { lo, hi } = concatenateIntervals(inputs, before);
  const honest = inputs.length === 1 ? before[inputs[0]].honest : undefined;
  const moved = {
    lo: Float64Array.from(index, (i) => (i < 0 ? 0 : lo[i])),
    hi: Float64Array.from(index, (i) => (i < 0 ? 0 : hi[i])),
    ...(honest && { honest }),
  };
  const shares = inputs.length === 1 ? before[inputs[0]].shares : undefined;
  const read = index.filter((i) => i >= 0);
  // An element that is read twice counts twice in a sum.
  if (shares === undefined || new Set(read).size < read.length) return moved;
  return { ...moved, shares: { ...shares, group: index.map((i) => (i < 0 ? -1 : shares.group[i])) } };
}

/** The greatest element has the table's first entry, so no share exceeds 1; each is rounded up by 1/2 at most. */
function softmaxIntervals({ size, rows, fraction }: SoftmaxOperation): Intervals {
  const group = int32s(
    Array.from(rows).flatMap((length, row) => new Array<number>(length).fill(row)),
    "a row",
  );
  const longest = rows.reduce((a, b) => Math.max(a, b));
  return {
    lo: new Float64Array(size),
    hi: new Float64Array(size).fill(2 ** fraction),
    shares: { group, most: 2 ** fraction + Math.floor(longest / 2) },
  };
}

function concatenateIntervals(ids: readonly number[], before: readonly Intervals[]): Intervals {
  return {
    lo: concatenate(
      ids,
      before.map((b) => b.lo),
    ),
    hi: concatenate(
      ids,
      before.map((b) => b.hi),
    ),
  };
}

function linearIntervals(operation: LinearOperation, x: Intervals): Intervals {
  const { channels, positions, taps, groups, weights, index, bias } = operation;
  const lo = new Float64Array(channels * positions);
  const hi = new Float64Array(channels * positions);
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let p = 0; p < positions; p++) {
      const out = c * positions + p;
      const constant = bias[bias.length === channels ? c : out];
      let least = constant;
      let most = constant;
      for (let k = 0; k < taps; k++) {
        const i = index[(group * positions + p) * taps + k];
        if (i < 0) continue;
        const w = weights[c * taps + k];
        least += w * (w > 0 ? x.lo[i] : x.hi[i]);
        most += w * (w > 0 ? x.hi[i] : x.lo[i]);
      }
      lo[out] = least;
      hi[out] = most;
    }
  }
  return { lo, hi };
}

function maxIntervals(operation: MaxOperation, x: Intervals): Intervals {
  const { size, window, index } = operation;
  const lo = new Float64Array(size).fill(-Infinity);
  const hi = new Float64Array(size).fill(-Infinity);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < window; j++) {
      const at = index[i * window + j];
      if (at < 0) continue;
      lo[i] = Math.max(lo[i], x.lo[at]);
      hi[i] = Math.max(hi[i], x.hi[at]);
    }
  }
  return { lo, hi };
}

/** The j-th greatest is at least the j-th greatest of the lower bounds, and at most that of the upper bounds. */
function topKIntervals({ row, k, size }: TopKOperation, x: Intervals): Intervals {
  const side = (bounds: Float64Array, place: number): Float64Array => {
    const out = new Float64Array(size);
    for (let start = 0, at = 0; start < bounds.length; start += row, at += 2 * k) {
      out.set(
        bounds
          .slice(start, start + row)
          .sort()
          .reverse()
          .subarray(0, k),
        at,
      );
      out.fill(place, at + k, at + 2 * k);
    }
    return out;
  };
  return { lo: side(x.lo, 0), hi: side(x.hi, row - 1) };
}

function activationIntervals(operation: ActivateOperation, x: Intervals): Intervals {
  const lo = new Float64Array(operation.size);
  const hi = new Float64Array(operation.size);
  const { least, greatest } = activationDomain(operation);
  const known = new Map<string, { lo: number; hi: number }>();
  for (let i = 0; i < operation.size; i++) {
    const [from, to] = [x.lo[i], x.hi[i]].map((value) => activationIndex(operation, value));
    if (from < least || to > greatest) {
      throw new Torch2CircomError(
        "INTERNAL_CHECK_FAILED",
        `${operation.name}: a table for [${least}, ${greatest}] does not cover [${from}, ${to}]`,
        "This is a defect of the quantizer: please report it with the model.",
      );
    }
    const key = `${from} ${to}`;
    const reach = known.get(key) ?? activationReach(operation, from, to);
    known.set(key, reach);
    lo[i] = reach.lo;
    hi[i] = reach.hi;
  }
  return { lo, hi };
}

/** The least and greatest value of an activation over [from, to]. */
function activationReach(operation: ActivateOperation, from: number, to: number): { lo: number; hi: number } {
  let [lo, hi] = [Infinity, -Infinity];
  for (let q = from; q <= to; q++) {
    const value = activationAt(operation, q);
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
  }
  return { lo, hi };
}

/** The least and greatest product of two intervals. */
function corners(a: Intervals, i: number, b: Intervals, j: number): [lo: number, hi: number] {
  const products = [a.lo[i] * b.lo[j], a.lo[i] * b.hi[j], a.hi[i] * b.lo[j], a.hi[i] * b.hi[j]];
  return [Math.min(...products), Math.max(...products)];
}

function productIntervals([left, right]: readonly [number, number], before: readonly Intervals[]): Intervals {
  const [a, b] = [before[left], before[right]];
  const lo = new Float64Array(a.lo.length);
  const hi = new Float64Array(a.lo.length);
  for (let i = 0; i < lo.length; i++) [lo[i], hi[i]] = corners(a, i, b, i);
  // A square is not negative.
  return left === right ? { lo: lo.map((value) => Math.max(value, 0)), hi } : { lo, hi };
}

function matmulIntervals(
  { batch, rows, inner, columns, shift, causal, size }: MatmulOperation,
  a: Intervals,
  b: Intervals,
): Intervals {
  const lo = new Float64Array(size);
  const hi = new Float64Array(size);
  for (let n = 0; n < batch; n++) {
    for (let r = 0; r < rows; r++) {
      const seen = causal ? r + 1 + columns - rows : columns;
      for (let c = 0; c < seen; c++) {
        const out = (n * rows + r) * columns + c;
        const shared = sharedBound(a, (n * rows + r) * inner, inner, (k) => (n * inner + k) * columns + c, b);
        if (shared !== undefined) {
          [lo[out], hi[out]] = shared;
          continue;
        }
        for (let k = 0; k < inner; k++) {
          const [least, most] = corners(a, (n * rows + r) * inner + k, b, (n * inner + k) * columns + c);
          lo[out] += least;
          hi[out] += most;
        }
      }
    }
  }
  const requantized = (sum: number) => shiftRound(sum, shift);
  return { lo: lo.map(requantized), hi: hi.map(requantized) };
}

/** A row of shares of one whole times a column: at most the whole times the column's extremes. */
function sharedBound(
  a: Intervals,
  start: number,
  inner: number,
  columnAt: (k: number) => number,
  b: Intervals,
): [lo: number, hi: number] | undefined {
  if (a.shares === undefined) return undefined;
  const { group, most } = a.shares;
  const used = Array.from({ length: inner }, (_, k) => k).filter((k) => a.hi[start + k] > 0);
  if (
    used.length === 0 ||
    used.some((k) => group[start + k] < 0 || group[start + k] !== group[start + used[0]])
  )
    return undefined;
  const least = used.reduce((bound, k) => Math.min(bound, b.lo[columnAt(k)]), 0);
  const greatest = used.reduce((bound, k) => Math.max(bound, b.hi[columnAt(k)]), 0);
  return [most * least, most * greatest];
}

function lookupIntervals({ name, width, table, size }: LookupOperation, x: Intervals): Intervals {
  const lo = new Float64Array(size).fill(Infinity);
  const hi = new Float64Array(size).fill(-Infinity);
  for (let i = 0; i < size; i++) {
    const index = Math.floor(i / width);
    if (x.lo[index] < 0 || (x.hi[index] + 1) * width > table.length) {
      throw new Torch2CircomError(
        "INTERNAL_CHECK_FAILED",
        `${name}: a table of ${table.length / width} rows is read at [${x.lo[index]}, ${x.hi[index]}]`,
        "This is a defect of the quantizer: please report it with the model.",
      );
    }
    for (let row = x.lo[index]; row <= x.hi[index]; row++) {
      const value = table[row * width + (i % width)];
      lo[i] = Math.min(lo[i], value);
      hi[i] = Math.max(hi[i], value);
    }
  }
  return { lo, hi };
}
