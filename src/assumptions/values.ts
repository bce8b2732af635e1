import type { Matrix } from "../netlist/types.js";

/** What is known of an integer: it is of [lo, hi]. */
export interface Interval {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** A constant argument of a template: a number, or lists of them. */
export type Constant = number | readonly Constant[];

/** The elements of a tensor, or of a signal inside a gadget, by what is known of them. */
export interface Signal {
  readonly length: number;
  at(element: number): Interval;
  /** The greatest |x[i] - x[j]|, where more is known of it than the two intervals say. */
  difference?(i: number, j: number): bigint | undefined;
  /** The sum of all elements, where more is known of it. */
  readonly total?: Interval;
  /** Where elements are shares of a whole: the group of each, and what the elements of a group sum to at most. */
  share?(element: number): { readonly group: number; readonly hi: bigint } | undefined;
}

/** Whether a statement holds for everything that its intervals allow, or fails for it; neither is undecided. */
export interface Truth {
  readonly holds: boolean;
  readonly fails: boolean;
  /** What was compared, for a person: `[-3, 700] within [-128, 127]`. */
  readonly seen: string;
}

export type Value = Interval | readonly Constant[] | Matrix | Signal | Truth;

export function exactly(value: number | bigint): Interval {
  const number = BigInt(value);
  return { lo: number, hi: number };
}

export function describeInterval({ lo, hi }: Interval): string {
  return lo === hi ? `${lo}` : `[${lo}, ${hi}]`;
}

export function isInterval(value: Value): value is Interval {
  return "lo" in value;
}

export function isTruth(value: Value): value is Truth {
  return "holds" in value;
}

export function isSignal(value: Value): value is Signal {
  return "at" in value && !Array.isArray(value);
}

/** Elements of a signal, in another order or fewer; -1 is the constant 0. */
export function pick(signal: Signal, index: readonly number[]): Signal {
  const zero = exactly(0);
  return {
    length: index.length,
    at: (i) => (index[i] < 0 ? zero : signal.at(index[i])),
    difference: (i, j) =>
      index[i] < 0 || index[j] < 0 ? undefined : signal.difference?.(index[i], index[j]),
    share: (i) => (index[i] < 0 ? undefined : signal.share?.(index[i])),
  };
}

/** A signal of one element. */
export function single(element: Interval): Signal {
  return { length: 1, at: () => element };
}

/** The elements of signals, one signal after the other. What is known of two elements together holds within each. */
export function joined(parts: readonly Signal[]): Signal {
  const from: number[] = [];
  let length = 0;
  for (const part of parts) {
    from.push(length);
    length += part.length;
  }
  const partOf = (element: number): number => {
    let part = 0;
    while (part + 1 < parts.length && from[part + 1] <= element) part++;
    return part;
  };
  return {
    length,
    at(element) {
      const part = partOf(element);
      return parts[part].at(element - from[part]);
    },
    difference(i, j) {
      const part = partOf(i);
      return part === partOf(j) ? parts[part].difference?.(i - from[part], j - from[part]) : undefined;
    },
  };
}

/** The greatest |x[i] - x[j]| of two elements. */
export function differenceOf(signal: Signal, i: number, j: number): bigint {
  const known = signal.difference?.(i, j);
  if (known !== undefined) return known;
  const [a, b] = [signal.at(i), signal.at(j)];
  const [over, under] = [a.hi - b.lo, b.hi - a.lo];
  return over > under ? over : under;
}
