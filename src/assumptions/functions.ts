import { isMatrix, rowsOf, type Matrix } from "../netlist/types.js";
import { matMulSlots } from "../program/arithmetic.js";
import {
  differenceOf,
  exactly,
  isInterval,
  isSignal,
  joined,
  pick,
  single,
  type Constant,
  type Interval,
  type Signal,
  type Value,
} from "./values.js";

/** Functions of the statements' language, on intervals: each gives all that its meaning can for their integers. */
export const FUNCTIONS: Readonly<Record<string, (...operands: readonly Value[]) => Value>> = {
  /** floor((x + 2^(f-1)) / 2^f); x where f = 0. */
  rounded: (x, f) => monotone(interval(x), (value) => rounded(value, number(f))),
  /** floor(x / 2^f). */
  floored: (x, f) => monotone(interval(x), (value) => value >> BigInt(number(f))),
  min: (x, y) => together(interval(x), interval(y), (a, b) => (a < b ? a : b)),
  max: (x, y) => together(interval(x), interval(y), (a, b) => (a > b ? a : b)),
  abs(x) {
    const { lo, hi } = interval(x);
    if (lo >= 0n) return { lo, hi };
    return { lo: hi >= 0n ? 0n : -hi, hi: hi > -lo ? hi : -lo };
  },
  /** Bits that hold 0 .. x. */
  bits: (x) => monotone(interval(x), (value) => (value <= 0n ? 0n : BigInt(value.toString(2).length))),
  /** floor(sqrt(x)). */
  root: (x) => monotone(interval(x), squareRoot),
  /** Number of elements of a list or a signal. */
  size(list) {
    if (isSignal(list)) return exactly(list.length);
    return exactly(isMatrix(list) ? list.entries.length / list.columns : constants(list).length);
  },
  least: (list) => exactly(reach(list)[0]),
  greatest: (list) => exactly(reach(list)[1]),
  /** The sum of the first k numbers of a list. */
  before: (list, k) =>
    exactly(
      constants(list)
        .slice(0, number(k))
        .reduce<number>((sum, entry) => sum + (entry as number), 0),
    ),
  /** Signals and single elements, one after the other. */
  join: (...parts) => joined(parts.map((part) => (isSignal(part) ? part : single(interval(part))))),
  /** Rows and columns of x, a matrix with rows of `stride`, by rows. */
  subMatrix(x, stride, row, rows, column, columns) {
    const [wide, top, height, left, width] = [stride, row, rows, column, columns].map(number);
    return pick(
      signal(x),
      Array.from(
        { length: height * width },
        (_, i) => (top + Math.floor(i / width)) * wide + left + (i % width),
      ),
    );
  },
  /** The places of a list that hold an index, which is what is not negative. */
  places: (list) => constants(list).flatMap((entry, i) => ((entry as number) >= 0 ? [i] : [])),
  /** The matrix x of so many rows and columns, transposed. */
  turned(x, rows, columns) {
    const [n, m] = [number(rows), number(columns)];
    return pick(
      signal(x),
      Array.from({ length: n * m }, (_, i) => (i % n) * m + Math.floor(i / n)),
    );
  },
  /** |x[i] - x[j]|. */
  difference: (x, i, j) => ({ lo: 0n, hi: differenceOf(signal(x), number(i), number(j)) }),
  /** The difference by which match m of a tournament of all elements of x is decided: see MaxOf. */
  lead: (x, m) => ({ lo: 0n, hi: widestMatch(signal(x), number(m)) }),
  /** The sum of all elements. */
  total: (x) => signal(x).total ?? sum(signal(x).length, (i) => signal(x).at(i)),
  /** The greatest element. */
  maximum(x) {
    const all = signal(x);
    const greatest = (end: "lo" | "hi") =>
      Array.from({ length: all.length }, (_, i) => all.at(i)[end]).reduce((a, b) => (a > b ? a : b));
    return { lo: greatest("lo"), hi: greatest("hi") };
  },
  /** sum of weight[k] x[k]. */
  dot: (weight, x) =>
    sum(signal(x).length, (k) => times(exactly(constants(weight)[k] as number), signal(x).at(k))),
  /** Element (i, j) of the product of a, rows of d, and b, rows of m. */
  product: (a, i, b, j, d, m) => product(signal(a), number(i), signal(b), number(j), number(d), number(m)),
  /** Rows and columns of the blocks that MatMul chooses. */
  blockRows: (...shape) => exactly(blocks(shape).gr),
  blockColumns: (...shape) => exactly(blocks(shape).gc),
  /** A signal of which each element is of [lo, hi]; with `sum`, all together are at least that. */
  any(count, lo, hi, least) {
    const length = number(count);
    const each = { lo: interval(lo).lo, hi: interval(hi).hi };
    const total = {
      lo: least === undefined ? BigInt(length) * each.lo : interval(least).lo,
      hi: BigInt(length) * each.hi,
    };
    return { length, at: () => each, total };
  },
};

function rounded(x: bigint, f: number): bigint {
  return f === 0 ? x : (x + (1n << BigInt(f - 1))) >> BigInt(f);
}

/** By Newton's method, from above. */
function squareRoot(x: bigint): bigint {
  if (x < 0n) throw new RangeError(`the root of ${x}`);
  if (x === 0n) return 0n;
  const near = BigInt(Math.floor(Math.sqrt(Number(x))));
  for (let root = near + (near >> 50n) + 1n; ;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function interval(value: Value | undefined): Interval {
  if (value !== undefined && isInterval(value)) return value;
  throw new TypeError("a number is expected");
}

/** A value that is known. */
export function number(value: Value | undefined): number {
  const { lo, hi } = interval(value);
  if (lo !== hi) throw new TypeError("a constant is expected");
  return Number(lo);
}

function signal(value: Value | undefined): Signal {
  if (value !== undefined && isSignal(value)) return value;
  throw new TypeError("a signal is expected");
}

export function constants(value: Value | undefined): readonly Constant[] {
  if (Array.isArray(value)) return value as readonly Constant[];
  if (value !== undefined && isMatrix(value)) return listsOf(value);
  throw new TypeError("a list of constants is expected");
}

const lists = new WeakMap<Matrix, readonly Constant[]>();

/** The rows of a matrix as lists, made once: few statements look at single entries. */
function listsOf(matrix: Matrix): readonly Constant[] {
  const known = lists.get(matrix) ?? rowsOf(matrix).map((row) => Array.from(row));
  lists.set(matrix, known);
  return known;
}

const reaches = new WeakMap<object, [lo: number, hi: number]>();

/** The least and greatest number of a list, or of lists of lists. */
function reach(value: Value | undefined): [lo: number, hi: number] {
  const list = value !== undefined && isMatrix(value) ? value : constants(value);
  const known = reaches.get(list);
  if (known !== undefined) return known;
  let [lo, hi] = [Infinity, -Infinity];
  const visit = (entry: Constant): void => {
    if (typeof entry !== "number") return entry.forEach(visit);
    lo = Math.min(lo, entry);
    hi = Math.max(hi, entry);
  };
  if (isMatrix(list)) list.entries.forEach(visit);
  else visit(list);
  reaches.set(list, [lo, hi]);
  return [lo, hi];
}

export function monotone({ lo, hi }: Interval, f: (x: bigint) => bigint): Interval {
  return lo === hi ? exactly(f(lo)) : { lo: f(lo), hi: f(hi) };
}

function together(a: Interval, b: Interval, f: (x: bigint, y: bigint) => bigint): Interval {
  return { lo: f(a.lo, b.lo), hi: f(a.hi, b.hi) };
}

export function times(a: Interval, b: Interval): Interval {
  if (a.lo === a.hi && b.lo === b.hi) return exactly(a.lo * b.lo);
  const ends = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return { lo: ends.reduce((x, y) => (x < y ? x : y)), hi: ends.reduce((x, y) => (x > y ? x : y)) };
}

function sum(count: number, term: (i: number) => Interval): Interval {
  let [lo, hi] = [0n, 0n];
  for (let i = 0; i < count; i++) {
    const each = term(i);
    lo += each.lo;
    hi += each.hi;
  }
  return { lo, hi };
}

/** Matches are played between neighbors, round by round; who is left over goes on to the next round. */
function widestMatch(x: Signal, match: number): bigint {
  let players = Array.from({ length: x.length }, (_, i) => [i]);
  for (let played = 0; players.length > 1;) {
    const next: number[][] = [];
    for (let j = 0; j + 1 < players.length; j += 2, played++) {
      const [left, right] = [players[j], players[j + 1]];
      if (played === match)
        return left
          .flatMap((a) => right.map((b) => differenceOf(x, a, b)))
          .reduce((most, value) => (value > most ? value : most), 0n);
      next.push([...left, ...right]);
    }
    if (players.length % 2 === 1) next.push(players[players.length - 1]);
    players = next;
  }
  throw new RangeError(`a tournament of ${x.length} has no match ${match}`);
}

function product(a: Signal, i: number, b: Signal, j: number, d: number, m: number): Interval {
  return sharesOfOne(a, i, b, j, d, m) ?? sum(d, (t) => times(a.at(i * d + t), b.at(t * m + j)));
}

/** A row of shares of one whole times a column is at most the whole times the column's ends. */
function sharesOfOne(a: Signal, i: number, b: Signal, j: number, d: number, m: number): Interval | undefined {
  let whole: { group: number; hi: bigint } | undefined;
  let [lo, hi] = [0n, 0n];
  for (let t = 0; t < d; t++) {
    const at = a.at(i * d + t);
    if (at.lo === at.hi && at.lo !== 0n) return undefined; // known values: the sum itself is as good
    if (at.hi === 0n && at.lo === 0n) continue;
    const share = a.share?.(i * d + t);
    if (share === undefined || (whole !== undefined && share.group !== whole.group)) return undefined;
    whole = share;
    const column = b.at(t * m + j);
    if (column.lo < lo) lo = column.lo;
    if (column.hi > hi) hi = column.hi;
  }
  return whole && { lo: whole.hi * lo, hi: whole.hi * hi };
}

function blocks(shape: readonly Value[]): { gr: number; gc: number } {
  const [n, d, m, causal, width] = shape.map(number) as [number, number, number, number, number];
  return matMulSlots({ n, d, m, causal: causal === 1 }, width);
}
