import type { Activation } from "../program/activation.js";
import type { LinearOperation, MatmulOperation, Operation, Program, TensorId } from "../program/types.js";

/** The least and the greatest value of each element. */
export interface Bounds {
  readonly lo: readonly bigint[];
  readonly hi: readonly bigint[];
}

/** floor((x + 2^(shift-1)) / 2^shift); no rounding term where shift is 0. */
export function rounded(x: bigint, shift: number): bigint {
  return shift === 0 ? x : (x + (1n << BigInt(shift - 1))) >> BigInt(shift);
}

/**
 * Bounds of every operation of a program, in exact integers, from what the circuit lets an input be. Written without
 * the emitter's own interval arithmetic, which chose the circuit's widths: this is what checks it.
 *
 * @param inputs for each input of the program, the range that the circuit itself enforces
 * @param given the bounds of tensors that do not follow from the program, since weights are secret
 */
export function boundsOf(
  program: Program,
  inputs: readonly (readonly [bigint, bigint])[],
  given: ReadonlyMap<TensorId, Bounds> = new Map(),
): Bounds[] {
  const all: Bounds[] = [];
  for (const [tensor, operation] of program.operations.entries()) {
    const input = program.inputs.findIndex((declared) => declared.tensor === tensor);
    const own = given.get(tensor);
    if (own !== undefined) all.push(own);
    else if (input >= 0) all.push(uniform(operation.size, ...inputs[input]!));
    else all.push(boundsOfOperation(operation, all, program));
  }
  return all;
}

function uniform(size: number, lo: bigint, hi: bigint): Bounds {
  return { lo: new Array<bigint>(size).fill(lo), hi: new Array<bigint>(size).fill(hi) };
}

function boundsOfOperation(operation: Operation, before: readonly Bounds[], program: Program): Bounds {
  switch (operation.kind) {
    case "input":
      return uniform(operation.size, BigInt(operation.lo), BigInt(operation.hi));
    case "linear":
      return linear(operation, joined(operation.inputs, before));
    case "view": {
      const { lo, hi } = joined(operation.inputs, before);
      const pick = (side: readonly bigint[]) => Array.from(operation.index, (i) => (i < 0 ? 0n : side[i]!));
      return { lo: pick(lo), hi: pick(hi) };
    }
    case "requantize": {
      const block = operation.size / operation.blocks;
      const { min, max } = operation;
      const map = (x: bigint, i: number): bigint => {
        let q = rounded(x, operation.shift[Math.floor(i / block)]!);
        if (Number.isFinite(min) && q < BigInt(min)) q = BigInt(min);
        if (Number.isFinite(max) && q > BigInt(max)) q = BigInt(max);
        return q;
      };
      return { lo: before[operation.input]!.lo.map(map), hi: before[operation.input]!.hi.map(map) };
    }
    case "max": {
      const x = before[operation.input]!;
      const of = (side: readonly bigint[]) =>
        Array.from({ length: operation.size }, (_, i) =>
          windowOf(operation, i)
            .map((at) => side[at]!)
            .reduce((a, b) => (a > b ? a : b)),
        );
      return { lo: of(x.lo), hi: of(x.hi) };
    }
    case "activate":
      return activated(operation, before[operation.input]!);
    case "argmax":
      return uniform(operation.size, 0n, BigInt(operation.classes - 1));
    case "topk": {
      const { row, k, size } = operation;
      const { lo, hi } = before[operation.input]!;
      const least = lo.reduce((a, b) => (a < b ? a : b));
      const greatest = hi.reduce((a, b) => (a > b ? a : b));
      const isPlace = (i: number) => i % (2 * k) >= k;
      return {
        lo: Array.from({ length: size }, (_, i) => (isPlace(i) ? 0n : least)),
        hi: Array.from({ length: size }, (_, i) => (isPlace(i) ? BigInt(row - 1) : greatest)),
      };
    }
    case "product": {
      const [a, b] = operation.inputs.map((id) => before[id]!) as [Bounds, Bounds];
      const ends = a.lo.map((_, i) => corners(a, i, b, i));
      return { lo: ends.map(([lo]) => lo), hi: ends.map(([, hi]) => hi) };
    }
    case "matmul":
      return product(operation, before[operation.inputs[0]]!, before[operation.inputs[1]]!, program);
    case "lookup": {
      const { width, table, size } = operation;
      const columns = Array.from({ length: width }, (_, d) => {
        const column = Array.from({ length: table.length / width }, (_, row) => table[row * width + d]!);
        return [column.reduce((a, b) => Math.min(a, b)), column.reduce((a, b) => Math.max(a, b))] as const;
      });
      return {
        lo: Array.from({ length: size }, (_, i) => BigInt(columns[i % width]![0])),
        hi: Array.from({ length: size }, (_, i) => BigInt(columns[i % width]![1])),
      };
    }
    case "softmax":
      return uniform(operation.size, 0n, 1n << BigInt(operation.fraction));
    case "normalize": {
      // |x| (2^t - 2^g) / sqrt(epsilon + sum of squares) is below 2^t - 2^g, then shifted by g.
      const most = (1n << BigInt(operation.rootBits - operation.drop)) - 1n;
      return uniform(operation.size, -most, most);
    }
  }
}

/** The elements of a window that are there: -1 is padding. */
export function windowOf({ index, window }: { index: Int32Array; window: number }, i: number): number[] {
  return Array.from(index.subarray(i * window, (i + 1) * window)).filter((at) => at >= 0);
}

function joined(ids: readonly number[], before: readonly Bounds[]): Bounds {
  return ids.length === 1
    ? before[ids[0]!]!
    : { lo: ids.flatMap((id) => before[id]!.lo), hi: ids.flatMap((id) => before[id]!.hi) };
}

/** An output of a linear layer as its constant, and its weights by input element. */
export function linearForm(operation: LinearOperation, element: number): [bigint, Map<number, bigint>] {
  const { channels, positions, taps, groups, weights, index, bias } = operation;
  const channel = Math.floor(element / positions);
  const group = Math.floor((channel * groups) / channels);
  const row = (group * positions + (element % positions)) * taps;
  const form = new Map<number, bigint>();
  for (let k = 0; k < taps; k++) {
    const source = index[row + k]!;
    if (source >= 0) form.set(source, (form.get(source) ?? 0n) + BigInt(weights[channel * taps + k]!));
  }
  return [BigInt(bias[bias.length === channels ? channel : element]!), form];
}

/** The range of a constant plus a linear form. */
export function rangeOfForm(
  constant: bigint,
  form: ReadonlyMap<number, bigint>,
  x: Bounds,
): [bigint, bigint] {
  let [lo, hi] = [constant, constant];
  for (const [source, weight] of form) {
    const ends = [weight * x.lo[source]!, weight * x.hi[source]!] as const;
    lo += weight > 0n ? ends[0] : ends[1];
    hi += weight > 0n ? ends[1] : ends[0];
  }
  return [lo, hi];
}

function linear(operation: LinearOperation, x: Bounds): Bounds {
  const ranges = Array.from({ length: operation.size }, (_, element) =>
    rangeOfForm(...linearForm(operation, element), x),
  );
  return { lo: ranges.map(([lo]) => lo), hi: ranges.map(([, hi]) => hi) };
}

/** The integer that an activation's table is read at; see `ActivationForm`. */
export function activationInteger({ form, shift }: Pick<Activation, "form" | "shift">, x: bigint): bigint {
  return form === "odd" ? x >> BigInt(shift) : rounded(x, shift);
}

function activated(operation: Operation & { kind: "activate" }, x: Bounds): Bounds {
  const { form, base, table } = operation;
  const entry = (at: number): number => table[Math.min(Math.max(at, 0), table.length - 1)]!;
  const valueAt = (q: number): number => {
    if (form === "table") return entry(q - operation.lo);
    if (form === "even") return Math.max(0, q) - entry(Math.abs(q));
    if (form === "below") return q >= 0 ? q : entry(q + table.length);
    return q >= 0 ? base + entry(q) : base - entry(-1 - q);
  };
  const reach = x.lo.map((lo, i) => {
    const [from, to] = [lo, x.hi[i]!].map((value) => Number(activationInteger(operation, value)));
    let [least, most] = [Infinity, -Infinity];
    for (let q = from!; q <= to!; q++) {
      least = Math.min(least, valueAt(q));
      most = Math.max(most, valueAt(q));
    }
    return [BigInt(least), BigInt(most)] as const;
  });
  return { lo: reach.map(([lo]) => lo), hi: reach.map(([, hi]) => hi) };
}

function corners(a: Bounds, i: number, b: Bounds, j: number): [bigint, bigint] {
  const ends = [a.lo[i]! * b.lo[j]!, a.lo[i]! * b.hi[j]!, a.hi[i]! * b.lo[j]!, a.hi[i]! * b.hi[j]!];
  return [ends.reduce((x, y) => (x < y ? x : y)), ends.reduce((x, y) => (x > y ? x : y))];
}

function product(operation: MatmulOperation, a: Bounds, b: Bounds, program: Program): Bounds {
  const { rows, inner, columns, shift, size, inputs, causal } = operation;
  const lo = new Array<bigint>(size).fill(0n);
  const hi = new Array<bigint>(size).fill(0n);
  for (let out = 0; out < size; out++) {
    const [row, column] = [Math.floor(out / columns), out % columns];
    const batch = Math.floor(row / rows);
    if (causal && column - columns > (row % rows) - rows) continue;
    const right = Array.from({ length: inner }, (_, k) => (batch * inner + k) * columns + column);
    const shares = right.map((_, k) => shareOf(program, inputs[0], row * inner + k));
    const whole = wholeOf(shares);
    if (whole !== undefined) {
      lo[out] = -mixed(
        right.map((at, k) => (shares[k] === undefined ? 0n : -b.lo[at]!)),
        whole,
      );
      hi[out] = mixed(
        right.map((at, k) => (shares[k] === undefined ? 0n : b.hi[at]!)),
        whole,
      );
      continue;
    }
    right.forEach((at, k) => {
      const [least, most] = corners(a, row * inner + k, b, at);
      lo[out]! += least;
      hi[out]! += most;
    });
  }
  return { lo: lo.map((x) => rounded(x, shift)), hi: hi.map((x) => rounded(x, shift)) };
}

/** An element of a softmax: which, and what its row can sum to; undefined for one that is masked. */
type Share =
  { readonly id: string; readonly row: string; readonly one: bigint; readonly most: bigint } | undefined;

/** Follows an element through views to a softmax; undefined for a masked element, null for any other. */
function shareOf(program: Program, tensor: number, element: number): Share | null {
  const operation = program.operations[tensor]!;
  if (operation.kind === "view") {
    let at = operation.index[element]!;
    if (at < 0) return undefined;
    for (const input of operation.inputs) {
      const { size } = program.operations[input]!;
      if (at < size) return shareOf(program, input, at);
      at -= size;
    }
    return null;
  }
  if (operation.kind !== "softmax") return null;
  let row = 0;
  let end = operation.rows[0]!;
  while (element >= end) end += operation.rows[++row]!;
  const one = 1n << BigInt(operation.fraction);
  // Shares before rounding sum to at most 1, and each is rounded up by at most 1/2.
  const most = one + BigInt(Math.floor(operation.rows[row]! / 2));
  return { id: `${tensor} ${element}`, row: `${tensor} ${row}`, one, most };
}

/** What elements sum to that are different shares of one row, but for masked ones. */
function wholeOf(shares: readonly (Share | null)[]): { one: bigint; most: bigint } | undefined {
  if (shares.includes(null)) return undefined;
  const present = shares.filter((share) => share !== undefined && share !== null);
  const isOneRow = new Set(present.map(({ row }) => row)).size === 1;
  return isOneRow && new Set(present.map(({ id }) => id)).size === present.length ? present[0] : undefined;
}

/** The greatest mix of values, each with at most `one` and all together with at most `most`. */
function mixed(values: readonly bigint[], { one, most }: { one: bigint; most: bigint }): bigint {
  let rest = most;
  let sum = 0n;
  for (const value of [...values].sort((a, b) => (a > b ? -1 : 1))) {
    if (value <= 0n || rest === 0n) break;
    const weight = rest < one ? rest : one;
    sum += weight * value;
    rest -= weight;
  }
  return sum;
}
