import { activationAt, activationCost, activationIndex, type Activation } from "../program/activation.js";
import { bitLength } from "../program/arithmetic.js";
import type { Bounds } from "../program/operations/bounds.js";
import { int32sOf } from "../program/int32.js";
import { roundHalfUp } from "./numbers.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";

/** A function of one number that is to be fused with the requantization of its argument. */
export interface ActivationRequest {
  readonly f: (x: number) => number;
  /** Real value of one step of the integer argument, and the interval of that integer. */
  readonly scale: number;
  readonly lo: number;
  readonly hi: number;
  /** Calibrated range of the real argument, and the greatest absolute real value seen of the result. */
  readonly argument: Bounds;
  readonly most: number;
  /** Bits of the index over the calibrated range, and of the result. */
  readonly bits: number;
  /** The step of the result and its bounds, where the model has its own: then a table has the model's integers. */
  readonly grid?: Bounds & { readonly scale: number };
}

/** An activation, and the real value of one step of its result. */
export interface ActivationChoice {
  readonly activation: Activation;
  readonly unit: number;
}

/** By how much of its calibrated range, at each end, a table reaches further. */
const TABLE_MARGIN = 1 / 16;

/** Index bits up to which a table is considered, unless more are asked for: the compiler walks over its entries. */
const MOST_INDEX_BITS = 10;

/** Fewer shifted bits than this, and the middle of a bin of the odd form is not where its entry is taken. */
const LEAST_ODD_SHIFT = 3;

/**
 * The cheapest form for a function, by its constraints and by the bits of its results, which later layers pay for.
 * @returns undefined where the argument can be too far beyond its calibrated range for any table
 */
export function chooseActivation(request: ActivationRequest): ActivationChoice | undefined {
  const looked = table(request);
  // What only takes whole numbers (a quotient without its rest, a class) is exact, and may become an index.
  if (request.grid !== undefined || looked?.unit === 1) return looked;
  const choices = [looked, even(request), below(request), odd(request)].filter(
    (choice) => choice !== undefined,
  );
  const costs = choices.map(({ activation }) => {
    const { nonlinear, linear } = activationCost(activation);
    const [from, to] = [request.lo, request.hi].map((x) => activationIndex(activation, x));
    let [lo, hi] = [Infinity, -Infinity];
    for (let q = from; q <= to; q++) {
      const value = activationAt(activation, q);
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
    return nonlinear + linear + bitLength(hi - lo);
  });
  return choices[costs.indexOf(Math.min(...costs))];
}

/** By how much of itself a reach may be beyond so many steps: rounding made the difference. */
const SLACK = 1e-9;

/** The shift after which `reach` is at most so many steps. */
function shiftFor(reach: number, steps: number, scale: number): number {
  return Math.max(0, ceilLog2(((reach || scale) / steps / scale) * (1 - SLACK)));
}

/** Index bits that cover the whole interval; undefined if too many. */
function indexBits(
  shape: Pick<Activation, "form" | "shift">,
  request: ActivationRequest,
): number | undefined {
  const [from, to] = [request.lo, request.hi].map((x) => activationIndex(shape, x));
  const magnitude = shape.form === "even" ? Math.max(to, -from) : Math.max(to, -1 - from);
  const bits = Math.max(1, bitLength(shape.form === "table" ? to - from : magnitude));
  return bits <= Math.max(MOST_INDEX_BITS, request.bits) ? bits : undefined;
}

/** The shift and the first of 2^bits indices with which a table reaches a little beyond the calibrated range. */
export function tableRange({ lo, hi }: Bounds, bits: number, scale: number): { shift: number; lo: number } {
  const margin = (hi - lo || scale) * TABLE_MARGIN;
  const shift = shiftFor(hi - lo + 2 * margin, 2 ** bits - 1, scale);
  return { shift, lo: Math.floor((lo + hi) / 2 / (scale * 2 ** shift)) - 2 ** (bits - 1) };
}

function tableOf(k: number, entry: (i: number) => number): Int32Array {
  return int32sOf(2 ** k, entry, "an entry of the table");
}

/** As {@link tableOf}; undefined where the function has no value at a place that the table would have. */
function tableIfDefined(k: number, entry: (i: number) => number): Int32Array | undefined {
  for (let i = 0; i < 2 ** k; i++) if (!Number.isFinite(entry(i))) return undefined;
  return tableOf(k, entry);
}

/** Any function, saturated a little beyond its calibrated range. */
function table(request: ActivationRequest): ActivationChoice | undefined {
  const { f, scale, lo, hi, argument, most, bits, grid } = request;
  // An argument of few integers, as a quantized model has, is looked up as it is.
  const asIs = grid !== undefined && bitLength(hi - lo) <= bits;
  const { shift, lo: first } = asIs ? { shift: 0, lo } : tableRange(argument, bits, scale);
  const step = scale * 2 ** shift;
  const shape = { form: "table", shift } as const;
  const k = indexBits(shape, request);
  if (k === undefined) return undefined;
  const [from, to] = [lo, hi].map((x) => activationIndex(shape, x));
  const last = first + 2 ** bits - 1;
  // What no input reaches repeats the last entry that one does.
  const at = (q: number) => Math.min(Math.max(q, first), last, Math.max(to, first));
  // A pole or the edge of a domain (1/x, log) may lie in the margin, where the result stays near what was seen.
  const value = (x: number) => Math.min(Math.max(Number.isNaN(f(x)) ? 0 : f(x), -2 * most), 2 * most);
  const values = Array.from({ length: 2 ** k }, (_, i) => value(at(from + i) * step));
  const isWhole = most < 2 ** bits && values.every(Number.isInteger);
  const finest = isWhole ? 1 : most / (2 ** bits - 1);
  const kept = grid ?? { scale: finest, lo: -Infinity, hi: Infinity };
  const unit = kept.scale;
  const entries = tableOf(k, (i) => Math.min(Math.max(roundHalfUp(values[i] / unit), kept.lo), kept.hi));
  return { activation: { ...shape, lo: from, base: 0, table: entries }, unit };
}

/** Whether `g` is nearly 0 at steps 0 to 2^k - 1, in units of the largest result. */
function vanishes(k: number, size: number, g: (i: number) => number): boolean {
  for (let i = 0; i < 2 ** k; i++) if (!(Math.abs(g(i)) <= 1e-9 * size)) return false;
  return true;
}

/** f(x) - f(-x) = slope x. */
function even(request: ActivationRequest): ActivationChoice | undefined {
  const { f, scale, argument, bits } = request;
  const reach = Math.max(-argument.lo, argument.hi, 0);
  const shift = shiftFor(reach, 2 ** (bits - 1) - 1, scale);
  const step = scale * 2 ** shift;
  const k = indexBits({ form: "even", shift }, request);
  const slope = (f(step) - f(-step)) / step;
  if (k === undefined || !(slope > 0)) return undefined;
  if (!vanishes(k, slope * step * 2 ** k, (i) => f(i * step) - f(-i * step) - slope * i * step))
    return undefined;
  const unit = slope * step;
  const entries = tableIfDefined(k, (i) => roundHalfUp(i - f(i * step) / unit));
  if (entries === undefined || entries.every((entry) => entry === entries[0])) return undefined;
  return { activation: { form: "even", shift, lo: 0, base: 0, table: entries }, unit };
}

/** f(x) = slope x for x >= 0. */
function below(request: ActivationRequest): ActivationChoice | undefined {
  const { f, scale, argument, bits } = request;
  const reach = Math.max(-argument.lo, argument.hi, 0);
  const shift = shiftFor(reach, 2 ** (bits - 1) - 1, scale);
  const step = scale * 2 ** shift;
  const k = indexBits({ form: "below", shift }, request);
  const slope = f(step) / step;
  if (k === undefined || !(slope > 0)) return undefined;
  if (!vanishes(k, slope * step * 2 ** k, (i) => f(i * step) - slope * i * step)) return undefined;
  const unit = slope * step;
  const at = (i: number) => roundHalfUp(f((i - 2 ** k) * step) / unit);
  const entries = tableIfDefined(k, at);
  if (entries === undefined) return undefined;
  return { activation: { form: "below", shift, lo: 0, base: 0, table: entries }, unit };
}

/** f(x) + f(-x) = 2 center. */
function odd(request: ActivationRequest): ActivationChoice | undefined {
  const { f, scale, argument, most, bits } = request;
  const reach = Math.max(-argument.lo, argument.hi, 0);
  const shift = shiftFor(reach, 2 ** (bits - 1), scale);
  const step = scale * 2 ** shift;
  const k = indexBits({ form: "odd", shift }, request);
  const center = f(0);
  if (k === undefined || shift < LEAST_ODD_SHIFT || !Number.isFinite(center)) return undefined;
  const size = Math.max(...[0, 1].map((sign) => Math.abs(f((2 * sign - 1) * step * 2 ** k))));
  if (!vanishes(k, size, (i) => f(i * step) + f(-i * step) - 2 * center)) return undefined;
  const finest = most / (2 ** bits - 1);
  const unit = center === 0 ? finest : Math.abs(center) / Math.ceil(Math.abs(center) / finest);
  const at = (i: number) => roundHalfUp((f((i + 0.5) * step) - center) / unit);
  const entries = tableIfDefined(k, at);
  if (entries === undefined || entries.every((entry) => entry === entries[0])) return undefined;
  const base = roundHalfUp(center / unit);
  return { activation: { form: "odd", shift, lo: 0, base, table: entries }, unit };
}
