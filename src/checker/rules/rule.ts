import type { Arguments } from "../arguments.js";
import type { Bounds, Known } from "../known.js";
import type { Check } from "../findings.js";
import type { Kind, OperationOf } from "../program.js";

/** A component of the circuit, and the operation of the program that it is to be. */
export interface Instance<K extends Kind = Kind> {
  readonly operation: OperationOf<K>;
  /** Number of the operation. */
  readonly tensor: number;
  readonly arguments: Arguments;
  /** Bounds of the operands, one after the other: what the component gets. */
  readonly x: Bounds;
  readonly known: Known;
  readonly check: Check;
}

/** What a template must be told for an operation, and what it can hold. */
export interface Rule<K extends Kind = Kind> {
  readonly kind: K;
  check(instance: Instance<K>): void;
}

type Range = readonly [lo: bigint, hi: bigint];

/** Holds each element, mapped, to its range, if it has one. The map is monotonic: ends go to ends. */
export function within(
  check: Check,
  { lo, hi }: Bounds,
  range: (i: number) => Range | undefined,
  map: (x: bigint, i: number) => bigint = (x) => x,
): void {
  for (let i = 0; i < lo.length; i++) {
    const allowed = range(i);
    if (allowed === undefined) continue;
    const [from, to] = allowed;
    const made = { lo: map(lo[i], i), hi: map(hi[i], i) };
    check(
      "a value beyond its width",
      made.lo >= from && made.hi <= to,
      () => `element ${i} can be in [${made.lo}, ${made.hi}], and the circuit allows [${from}, ${to}]`,
    );
  }
}
