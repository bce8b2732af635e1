import { bitLength, floorDivide, shiftRound } from "./arithmetic.js";
import { tableSplit } from "./tableCost.js";
import type { Bounds } from "./operations/bounds.js";

/**
 * How a function of one number is fused with the requantization in front of it. With q = floor((x + 2^(shift-1)) /
 * 2^shift), and k the bits of the table's index:
 *
 * - `table`: table[q - lo], for q in [lo, lo + 2^k);
 * - `even`: max(0, q) - table[|q|], for |q| < 2^k: what is a ReLU except for an even function (GELU, SiLU, softplus,
 * …);
 * - `below`: q, and table[q + 2^k] below zero, for q in [-2^k, 2^k): leaky ReLU, ELU, |x|, …;
 * - `odd`: base + table[q], and base - table[-1 - q] below zero, for q = floor(x / 2^shift) in [-2^k, 2^k): tanh,
 *   sigmoid, erf, …
 */
export type ActivationForm = "table" | "even" | "below" | "odd";

/** A fused activation; `lo` is 0 except for tables, `base` is 0 except for the odd form. */
export interface Activation {
  readonly form: ActivationForm;
  readonly shift: number;
  readonly lo: number;
  readonly base: number;
  /** 2^k entries, k >= 1. */
  readonly table: Int32Array;
}

/** The integer q that an activation is a function of. */
export function activationIndex({ form, shift }: Pick<Activation, "form" | "shift">, x: number): number {
  return form === "odd" ? floorDivide(x, 2 ** shift) : shiftRound(x, shift);
}

/** An activation's value at q. */
export function activationAt({ form, lo, base, table }: Activation, q: number): number {
  switch (form) {
    case "table":
      return table[q - lo];
    case "even":
      return Math.max(0, q) - table[Math.abs(q)];
    case "below":
      return q >= 0 ? q : table[q + table.length];
    case "odd":
      return q >= 0 ? base + table[q] : base - table[-1 - q];
  }
}

/** The least and greatest q for which an activation is defined. */
export function activationDomain({ form, lo, table }: Activation): Bounds {
  const entries = table.length;
  if (form === "table") return { lo, hi: lo + entries - 1 };
  return { lo: form === "even" ? 1 - entries : -entries, hi: entries - 1 };
}

/** Constraints of one element in circuits/activations.circom, and the split of the table's bits that they are for. */
export interface ActivationCost {
  readonly nonlinear: number;
  readonly linear: number;
  readonly l: number;
}

export function activationCost({ form, shift, lo, table }: Activation): ActivationCost {
  const k = bitLength(table.length - 1);
  const { l, cost, linear } = tableSplit(table);
  // Bits of q and of what is shifted away; a sign's own constraint, and that of a product with the sign.
  const own = { table: 0, even: 1, below: 2, odd: 3 }[form];
  // The lowest bit, which the table reads, where nothing is shifted away, and a result that is a sum. An argument that
  // is a bit itself is the wire that the table reads.
  const isBit = form === "table" && k === 1 && lo === 0;
  const lowest = shift === 0 && form !== "odd" && !isBit ? 1 : 0;
  const sum = form === "even" || form === "below" ? 1 : 0;
  return { nonlinear: shift + k + own + cost, linear: linear + lowest + sum, l };
}
