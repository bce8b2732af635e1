import type { Bounds } from "./known.js";
import { rounded } from "./numbers.js";
import type { OperationOf } from "./program.js";

/** Bounds of operations that choose: an entry of a table, the greatest of a row. */

type Activate = OperationOf<"activate">;

/** The integer that an activation's table is read at. */
export function activationInteger({ form, shift }: Activate, x: bigint): bigint {
  return form === "odd" ? x >> BigInt(shift) : rounded(x, shift);
}

export function boundsOfActivation(operation: Activate, x: Bounds): Bounds {
  const reach = remembered((from: bigint, to: bigint) => reachOf(operation, from, to));
  const ranges = x.lo.map((lo, i) =>
    reach(activationInteger(operation, lo), activationInteger(operation, x.hi[i])),
  );
  return { lo: ranges.map(([lo]) => lo), hi: ranges.map(([, hi]) => hi) };
}

/** The values over [from, to]. What is beyond the table has no value, and the table's widths say so elsewhere. */
function reachOf(operation: Activate, from: bigint, to: bigint): [bigint, bigint] {
  const { form, base, table, lo } = operation;
  const entry = (at: number): number => table[Math.min(Math.max(at, 0), table.length - 1)];
  const valueAt = (q: number): number => {
    if (form === "table") return entry(q - lo);
    if (form === "even") return Math.max(0, q) - entry(Math.abs(q));
    if (form === "below") return q >= 0 ? q : entry(q + table.length);
    return q >= 0 ? base + entry(q) : base - entry(-1 - q);
  };
  const margin = BigInt(table.length) + 1n;
  const [bottom, top] = [BigInt(lo) - margin, BigInt(lo) + margin];
  let [lowest, highest] = [Infinity, -Infinity];
  for (let q = from < bottom ? bottom : from; q <= (to > top ? top : to); q++) {
    const value = valueAt(Number(q));
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return lowest > highest ? [0n, 0n] : [BigInt(lowest), BigInt(highest)];
}

export function boundsOfLookup({ width, table, size }: OperationOf<"lookup">, x: Bounds): Bounds {
  const rows = table.length / width;
  const column = remembered((from: bigint, to: bigint) => {
    const first = Number(from < 0n ? 0n : from);
    const end = Number(to >= BigInt(rows) ? BigInt(rows - 1) : to) + 1;
    return Array.from({ length: width }, (_, d) => {
      let [lowest, highest] = [Infinity, -Infinity];
      for (let row = first; row < end; row++) {
        lowest = Math.min(lowest, table[row * width + d]);
        highest = Math.max(highest, table[row * width + d]);
      }
      return lowest > highest ? ([0n, 0n] as const) : ([BigInt(lowest), BigInt(highest)] as const);
    });
  });
  const ranges = Array.from({ length: size }, (_, i) => {
    const index = Math.floor(i / width);
    return column(x.lo[index], x.hi[index])[i % width];
  });
  return { lo: ranges.map(([lo]) => lo), hi: ranges.map(([, hi]) => hi) };
}

/** The j-th greatest is at least the j-th greatest of the lower bounds, and at most that of the upper bounds. */
export function boundsOfTopK({ row, k }: OperationOf<"topk">, x: Bounds): Bounds {
  const side = (bounds: readonly bigint[], place: bigint): bigint[] => {
    const out: bigint[] = [];
    for (let start = 0; start < bounds.length; start += row) {
      const sorted = bounds.slice(start, start + row).sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
      out.push(...sorted.slice(0, k), ...new Array<bigint>(k).fill(place));
    }
    return out;
  };
  return { lo: side(x.lo, 0n), hi: side(x.hi, BigInt(row - 1)) };
}

function remembered<T>(compute: (from: bigint, to: bigint) => T): (from: bigint, to: bigint) => T {
  const known = new Map<string, T>();
  return (from, to) => {
    const key = `${from} ${to}`;
    const value = known.get(key) ?? compute(from, to);
    known.set(key, value);
    return value;
  };
}
