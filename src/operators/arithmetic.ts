import { at, isConstant, type Operand } from "../lowering/operand.js";
import type { Lowering } from "../lowering/lowering.js";
import { hull } from "../program/operations/bounds.js";
import type { Range, Site } from "../lowering/types.js";
import { constantOf, narrowed, operandOf } from "./attributes.js";
import { broadcastData, elementwise } from "./binary.js";
import { type LoweringInput, type Meaning, type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";

type Affine = (scale: number, offset: number, constant: number) => { scale: number; offset: number };

/** x op constant: the constant goes into the operand's symbolic scale and offset, and costs nothing. */
function withConstant({ lowering, site, inputs }: LoweringInput, apply: Affine): Operand[] {
  const constantFirst = isConstant(inputs[0]);
  const shape = site.types[0].shape;
  const x = lowering.broadcast(site, operandOf(inputs, constantFirst ? 1 : 0), shape);
  const constant = broadcastData(constantOf(inputs, constantFirst ? 0 : 1), shape);
  const results = Array.from(constant, (c, i) => apply(at(x.scale, i), at(x.offset, i), c));
  if (results.some(({ scale }) => !Number.isFinite(scale))) {
    throw new OperatorError("an infinite factor leaves nothing to prove");
  }
  const result = lowering.rescaled(
    site,
    x,
    Float64Array.from(results, (r) => r.scale),
    Float64Array.from(results, (r) => r.offset),
  );
  return site.uniform ? lowering.align(site, [result]) : [result];
}

/** An operator that is affine in each operand: `right` is what a constant on the right does, `left` one on the left. */
function affine(
  meaning: Meaning,
  computed: (input: LoweringInput) => Operand[],
  right: Affine,
  left: Affine = right,
): Operator {
  return {
    ...meaning,
    // A constant that is not the same everywhere gives its result more than one scale.
    scales: (constant) => (constant(0) || constant(1) ? "as consumer" : "one"),
    lower(input) {
      if (isConstant(input.inputs[0])) return withConstant(input, left);
      return isConstant(input.inputs[1]) ? withConstant(input, right) : computed(input);
    },
  };
}

/** x + sign y: both at a common scale, in one linear operation. */
function sum({ lowering, site, inputs }: LoweringInput, sign: 1 | -1): Operand[] {
  const shape = site.types[0].shape;
  const terms = [0, 1].map((i) => {
    const term = lowering.affordable(site, operandOf(inputs, i), site.inputRanges[i]);
    return lowering.broadcast(site, i === 1 && sign < 0 ? lowering.negate(term) : term, shape);
  });
  return [lowering.add(site, terms[0], terms[1], shape)];
}

function product(input: LoweringInput): Operand[] {
  const { lowering, site, inputs } = input;
  const shape = site.types[0].shape;
  const factor = (i: number) =>
    lowering.broadcast(site, lowering.settle(site.name, narrowed(input, i)), shape);
  const first = factor(0);
  return [lowering.product(site, first, inputs[0] === inputs[1] ? first : factor(1), shape)];
}

export const add = affine(
  elementwise("add", (a, b) => a + b),
  (input) => sum(input, 1),
  (s, o, c) => ({ scale: s, offset: o + c }),
);

export const sub = affine(
  elementwise("sub", (a, b) => a - b),
  (input) => sum(input, -1),
  (s, o, c) => ({ scale: s, offset: o - c }),
  (s, o, c) => ({ scale: -s, offset: c - o }),
);

export const mul = affine(
  elementwise("mul", (a, b) => a * b),
  product,
  (s, o, c) => ({ scale: s * c, offset: o * c }),
);

/** How many times its least value a divisor may take for its reciprocal to be a table of evenly spaced entries. */
const TABLE_REACH = 16;

/**
 * x / y of a computed y: x times the reciprocal, which is not rounded again, since a quotient's range may come from few
 * small divisors. Of a divisor of about one size it is a table as fine as that of an output, else a true quotient.
 */
function quotient(input: LoweringInput): Operand[] {
  const { lowering, site, inputs } = input;
  const shape = site.types[0].shape;
  const range = site.inputRanges[1];
  const negative = range.hi.every((hi) => hi < 0);
  if (!negative && !range.lo.every((lo) => lo > 0)) {
    throw new OperatorError(
      "its divisor takes both signs or 0 on the samples: add a constant that keeps it away from 0",
    );
  }
  const divisor = operandOf(inputs, 1);
  const inverse = lowering.broadcast(
    site,
    negative
      ? lowering.negate(reciprocal(lowering, site, lowering.negate(divisor), minus(range)))
      : reciprocal(lowering, site, divisor, range),
    shape,
  );
  if (isConstant(inputs[0])) return mul.lower({ ...input, inputs: [inputs[0], inverse] });
  const x = lowering.broadcast(site, lowering.settle(site.name, narrowed(input, 0)), shape);
  return [lowering.product(site, x, inverse, shape)];
}

/** 1 / x of a positive x. */
function reciprocal(lowering: Lowering, site: Site, x: Operand, range: Range): Operand {
  const { lo, hi } = hull(range);
  if (hi > TABLE_REACH * lo) return lowering.reciprocal(site, x, range);
  const value = { lo: Float64Array.of(0), hi: Float64Array.of(1 / lo) };
  return lowering.activate({ ...site, final: true }, x, (v) => 1 / v, range, value);
}

function minus({ lo, hi }: Range): Range {
  return { lo: hi.map((x) => -x), hi: lo.map((x) => -x) };
}

const div: Operator = {
  ...elementwise(
    "div",
    (a, b) => a / b,
    () => "float",
  ),
  // Where the divisor is computed, a table reads it.
  scales: (constant) => (constant(1) ? "as consumer" : "one"),
  lower: (input) =>
    isConstant(input.inputs[1])
      ? withConstant(input, (s, o, c) => ({ scale: s / c, offset: o / c }))
      : quotient(input),
};

export const arithmeticOperators: readonly Operator[] = [add, sub, mul, div];
