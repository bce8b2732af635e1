import { Torch2CircomError } from "../errors/torch2circomError.js";
import { sizeOf } from "../tensor/tensor.js";
import type { Graph, GraphValue, ValueId } from "../graph/types.js";
import type { Lowering } from "../lowering/lowering.js";
import { HIDING } from "../lowering/masks.js";
import { compact, type Operand } from "../lowering/operand.js";
import type { Range } from "../lowering/types.js";
import { roundHalfUp } from "../lowering/numbers.js";
import { bitLength } from "../program/arithmetic.js";
import type { Bounds } from "../program/operations/bounds.js";
import { int32sOf } from "../program/int32.js";
import { indexDomains, type IndexDomain } from "./indexDomains.js";
import { ownGrid } from "./ownGrid.js";

export interface InputContext {
  readonly graph: Graph;
  readonly lowering: Lowering;
  /** What the input took on the samples. */
  readonly range: Range;
  /** The values that need one scale for all elements. */
  readonly uniform: ReadonlySet<ValueId>;
}

/** What some elements of an input can be: integers of [lo, hi] that stand for q * scale + offset. */
interface Domain {
  readonly lo: number;
  readonly hi: number;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  readonly bits: number;
}

/**
 * Declares what an input of the model can be. Numbers reach as far as on the samples; an integer that chooses from a
 * table reaches over its rows; a bool is 0 or 1.
 */
export function addInput(context: InputContext, input: GraphValue): Operand {
  const everything = Array.from({ length: sizeOf(input.shape) }, (_, i) => i);
  if (input.dtype === "float") {
    const domain = quantized(context, input) ?? numbers(context, input, everything);
    return declare(context, input, everything, domain);
  }
  if (input.dtype === "bool") return declare(context, input, everything, exactly({ lo: 0, hi: 1 }));
  const indices = indexDomains(context.graph, input);
  const groups = new Map<string, { elements: number[]; index?: IndexDomain }>();
  for (const element of everything) {
    const index = indices[element];
    const key = index === undefined ? "number" : `${index.lo} ${index.hi}`;
    if (!groups.has(key)) groups.set(key, { elements: [], index });
    groups.get(key)!.elements.push(element);
  }
  const parts = [...groups.values()].map(({ elements, index }) => {
    const domain = index === undefined ? wholeNumbers(context, input, elements) : choices(input, index);
    return { elements, operand: declare(context, input, elements, domain) };
  });
  if (parts.length === 1) return parts[0].operand;
  const order = parts.flatMap(({ elements }) => elements);
  const place = int32sOf(order.length, (element) => order.indexOf(element));
  const operands = parts.map(({ operand }) => operand);
  return context.lowering.view({ name: input.id }, operands, place, input.shape);
}

/** Adds an input to the program: all elements of the model's, or some under its name. */
function declare({ lowering }: InputContext, input: GraphValue, elements: number[], domain: Domain): Operand {
  const { builder } = lowering;
  const { lo, hi, scale, offset, bits } = domain;
  const whole = elements.length === sizeOf(input.shape);
  const tensor = builder.add({ kind: "input", name: input.id, size: elements.length, lo, hi });
  builder.inputs.push({
    name: input.id,
    tensor,
    shape: input.shape,
    ...(!whole && { elements }),
    scale: Array.from(scale),
    offset: Array.from(offset),
    bits,
  });
  const shape = whole ? input.shape : [elements.length];
  return { tensor, shape, scale, offset, blocks: scale.length };
}

/** The integers to which the model itself quantizes an input, and as many more as the samples reach beyond them. */
function quantized({ graph, range }: InputContext, { id }: GraphValue): Domain | undefined {
  const own = ownGrid(graph, id);
  if (own === undefined) return undefined;
  const { scale } = own;
  const lo = range.lo.reduce((least, x) => Math.min(least, roundHalfUp(x / scale)), own.lo);
  const hi = range.hi.reduce((most, x) => Math.max(most, roundHalfUp(x / scale)), own.hi);
  const bits = bitLength(hi - lo);
  return { lo, hi, scale: Float64Array.of(scale), offset: new Float64Array(1), bits };
}

/** Integers that stand for themselves. */
function exactly({ lo, hi }: IndexDomain): Domain {
  const bits = Math.max(1, bitLength(hi - lo));
  return { lo, hi, scale: Float64Array.of(1), offset: new Float64Array(1), bits };
}

function choices(input: GraphValue, index: IndexDomain): Domain {
  if (index.lo < index.hi) return exactly(index);
  throw new Torch2CircomError(
    "SAMPLES_INVALID",
    `The integer input "${input.id}" chooses from a table of one row: ${index.lo} is all that it can be`,
    "Export a model without that input.",
  );
}

/** Bits beyond those of an input up to which whole numbers are taken as they are. */
const EXACT_SLACK_BITS = 4;

/** Numbers that are whole in the model: as they are where that takes few bits, else as other numbers. */
function wholeNumbers(context: InputContext, input: GraphValue, elements: readonly number[]): Domain {
  const { lo, hi } = reachOf(context.range, elements);
  const bits = Math.max(1, bitLength(Math.max(hi, -1 - lo)) + (lo < 0 ? 1 : 0));
  const { inputBits } = context.lowering.precision;
  if (bits > inputBits + EXACT_SLACK_BITS || isWasteful({ lo, hi })) return numbers(context, input, elements);
  const first = lo < 0 ? -(2 ** (bits - 1)) : 0;
  return exactly({ lo: first, hi: first + 2 ** bits - 1 });
}

/** Numbers that are 0 or as low as this are a mask that is added to scores: each hides an element or does not. */
const LEAST_MASK = -1e9;

/** Below, Float64 has not all of its digits. */
const LEAST_SCALE = 2 ** -1000;

/** Numbers in `inputBits` bits, with a scale of their own for each feature of a table. */
function numbers(context: InputContext, input: GraphValue, elements: readonly number[]): Domain {
  const { range, uniform } = context;
  const { inputBits } = context.lowering.precision;
  const all = reachOf(range, elements);
  // Features of a table have units of their own; the places of an image or a sequence share one.
  const separate = input.shape.length <= 2 && input.shape.length > 0 && !uniform.has(input.id);
  const reaches = separate ? elements.map((i) => ({ lo: range.lo[i], hi: range.hi[i] })) : [all];
  if (all.hi === 0 && all.lo <= LEAST_MASK)
    return {
      lo: -1,
      hi: 0,
      scale: Float64Array.of(Math.min(-all.lo, HIDING)),
      offset: new Float64Array(1),
      bits: 1,
    };
  const widest = reaches.reduce((most, { lo, hi }) => Math.max(most, -lo, hi), 0) || 1;
  const signed = reaches.some((reach) => reach.lo < 0 && !isWasteful(reach));
  const first = signed ? -(2 ** (inputBits - 1)) : 0;
  const domain = { lo: first, hi: first + 2 ** inputBits - 1 };
  const whole = input.dtype === "int";
  const chosen = reaches.map((reach) =>
    isWasteful(reach)
      ? shifted(reach, domain, whole)
      : { scale: (Math.max(-reach.lo, reach.hi) || widest) / domain.hi, offset: 0 },
  );
  if (!chosen.every(({ scale }) => scale >= LEAST_SCALE && scale < Infinity)) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `The samples of the input "${input.id}" reach ${widest}, of which no scale can be made`,
      "Scale the model's input, or give samples of the size that it will have.",
    );
  }
  return {
    ...domain,
    scale: Float64Array.from(chosen, ({ scale }) => scale),
    offset: compact(Float64Array.from(chosen, ({ offset }) => offset)),
    bits: inputBits,
  };
}

/** From this many times its range on the samples, the interval that a domain around 0 needs is too wide. */
const WASTEFUL = 4;

/** By how much of its range, at each end, an input with a zero point reaches beyond the samples. */
const MARGIN = 1 / 8;

/** Whether a domain around 0, or from 0 on, would have its bits for numbers that do not occur (years, kelvin). */
function isWasteful({ lo, hi }: Bounds): boolean {
  const needed = lo < 0 && hi > 0 ? 2 * Math.max(-lo, hi) : Math.max(-lo, hi);
  return hi > lo && needed > WASTEFUL * (hi - lo);
}

/** The scale and the zero point, a whole number of steps, that put the range's middle into the domain's. */
function shifted(range: Bounds, domain: Bounds, whole: boolean): { scale: number; offset: number } {
  const span = (1 + 2 * MARGIN) * (range.hi - range.lo);
  const scale = Math.max(span / (domain.hi - domain.lo), whole ? 1 : 0);
  // Half a step to either side at most, which rounding makes up for: all samples are of the domain.
  const steps = Math.round((range.lo + range.hi) / 2 / scale - (domain.lo + domain.hi) / 2);
  return { scale, offset: steps * scale };
}

function reachOf({ lo, hi }: Range, elements: readonly number[]): Bounds {
  return {
    lo: elements.reduce((least, i) => Math.min(least, lo[i]), Infinity),
    hi: elements.reduce((most, i) => Math.max(most, hi[i]), -Infinity),
  };
}
