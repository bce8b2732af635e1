import { sizeOf } from "../tensor/tensor.js";
import { type Attributes, type LoweringInput, type Operator } from "./operator.js";
import type { DType } from "../tensor/types.js";
import type { Operand } from "../lowering/operand.js";
import { hull } from "../program/operations/bounds.js";
import type { Range } from "../lowering/types.js";
import { inputOf, narrowed, numberOf, operandOf, textOf } from "./attributes.js";
import { OperatorError } from "../errors/operatorError.js";
import { erf, erfInverse, logGamma, roundHalfToEven } from "./special.js";
import * as elementary from "../elementary/functions.js";

type Curve = (x: number) => number;
type Form = Pick<Operator, "scales" | "lower">;
type ResultType = (input: DType, attributes: Attributes) => DType;

const toFloat: ResultType = () => "float";
const sameType: ResultType = (input) => input;

/**
 * An operator that maps each element by itself; `make` reads the attributes once. On integers it is a table over the
 * calibrated range of its argument, unless it has a `form` of its own.
 */
export function pointwise(
  name: string,
  make: (attributes: Attributes) => Curve,
  dtype: ResultType = toFloat,
  form: Form = { scales: "one", lower: (input) => byTable(input, make) },
): Operator {
  return {
    name,
    scalar: make,
    infer(inputs, attributes) {
      const x = inputOf(inputs, 0);
      make(attributes);
      return [{ dtype: dtype(x.dtype, attributes), shape: x.shape }];
    },
    evaluate(inputs, attributes) {
      const x = inputOf(inputs, 0);
      return [{ dtype: dtype(x.dtype, attributes), shape: x.shape, data: x.data.map(make(attributes)) }];
    },
    ...form,
  };
}

function byTable(
  { lowering, site, inputs, attributes }: LoweringInput,
  make: (attributes: Attributes) => Curve,
): Operand[] {
  const [argument, value] = [site.inputRanges[0], site.outputRanges[0]];
  const x = operandOf(inputs, 0);
  return [lowering.activate(site, x, make(attributes), argument, value, site.quantizedTo)];
}

const relu: Form = {
  scales: "as consumer",
  lower: ({ lowering, site, inputs }) => [lowering.relu(site, operandOf(inputs, 0), site.outputRanges[0])],
};

const sigmoid: Curve = (x) => 1 / (1 + elementary.exp(-x));

/** log(1 + e^x) without overflow. */
const softplus: Curve = (x) =>
  x > 0 ? x + elementary.log1p(elementary.exp(-x)) : elementary.log1p(elementary.exp(x));

function gelu(attributes: Attributes): Curve {
  const approximate = textOf(attributes, "approximate");
  if (approximate === "none") return (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
  if (approximate === "tanh") {
    return (x) => 0.5 * x * (1 + elementary.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * (x * x * x))));
  }
  throw new OperatorError(`gelu knows the approximations "none" and "tanh", not "${approximate}"`);
}

/** scale · x for x > 0, scale · alpha · (e^(inputScale · x) - 1) below: ELU, SELU and CELU are its cases. */
function elu(attributes: Attributes): Curve {
  const alpha = numberOf(attributes, "alpha");
  const scale = numberOf(attributes, "scale");
  const inputScale = numberOf(attributes, "inputScale");
  return (x) => (x > 0 ? scale * x : scale * alpha * elementary.expm1(inputScale * x));
}

/** min and max, either of which may be infinite. */
function clamp(attributes: Attributes): Curve {
  const min = numberOf(attributes, "min");
  const max = numberOf(attributes, "max");
  return (x) => Math.min(Math.max(x, min), max);
}

function pow(attributes: Attributes): Curve {
  const exponent = numberOf(attributes, "exponent");
  if (exponent === 0.5) return Math.sqrt;
  if (exponent === -0.5) return (x) => 1 / Math.sqrt(x);
  return (x) => elementary.pow(x, exponent);
}

const powType: ResultType = (input, attributes) => {
  const exponent = numberOf(attributes, "exponent");
  return input === "int" && Number.isInteger(exponent) && exponent >= 0 ? "int" : "float";
};

function cast(attributes: Attributes): Curve {
  const to = textOf(attributes, "to");
  if (to === "float") return (x) => x;
  if (to === "int") return Math.trunc;
  if (to === "bool") return (x) => (x === 0 ? 0 : 1);
  throw new OperatorError(`there is no element type "${to}"`);
}

const castType: ResultType = (_, attributes) => textOf(attributes, "to") as DType;

/**
 * Saturation from 0 at some bound (ReLU6) where the scale was chosen so that the bound is the greatest integer; else
 * one of its two sides may be beyond what was seen, and a table does the rest.
 */
const saturation: Form = {
  scales: "as consumer",
  lower(input): Operand[] {
    const { lowering, site, inputs, attributes } = input;
    const [min, max] = [numberOf(attributes, "min"), numberOf(attributes, "max")];
    const x = operandOf(inputs, 0);
    if (min >= max) {
      const { shape } = site.types[0];
      return [lowering.constant(site, x, new Float64Array(sizeOf(shape)).fill(max), shape)];
    }
    if (min === 0 && max === Infinity) return [lowering.relu(site, x, site.outputRanges[0])];
    const exact = min === 0 ? lowering.saturate(site, x, max) : undefined;
    if (exact !== undefined) return [exact];
    const inputRanges = [between(site.inputRanges[0], min, max)];
    return byTable({ ...input, site: { ...site, inputRanges } }, clamp);
  },
};

/** How many times as wide as what is left of it a range may be for a table to be over all of it. */
const MOST_CUT = 8;

/** The part of a range that bounds leave, where an index over all of the range would have too few steps for it. */
function between(range: Range, min: number, max: number): Range {
  const { lo, hi } = hull(range);
  const [from, to] = [Math.max(lo, min), Math.min(hi, max)];
  if (!(from < to) || MOST_CUT * (to - from) > hi - lo) return range;
  const kept = (x: number): number => Math.min(Math.max(x, from), to);
  return { lo: range.lo.map(kept), hi: range.hi.map(kept) };
}

/** A square is a product; other powers are tables. */
const square: Form = {
  scales: "one",
  lower(input) {
    const { lowering, site, attributes } = input;
    if (numberOf(attributes, "exponent") !== 2) return byTable(input, pow);
    const x = lowering.settle(site.name, narrowed(input, 0));
    return [lowering.product(site, x, x, x.shape)];
  },
};

/** Elements keep their values; types are a matter of the graph only. */
const unchanged: Form = { scales: "as consumer", lower: ({ inputs }) => [operandOf(inputs, 0)] };

/** A question that every number of a circuit answers with no: none of them is infinite or not a number. */
const never: Form = {
  scales: "one",
  lower({ lowering, site, inputs }) {
    const { shape } = site.types[0];
    return [lowering.constant(site, operandOf(inputs, 0), new Float64Array(sizeOf(shape)), shape)];
  },
};

const toBool: ResultType = () => "bool";

/** x beyond the threshold, a value of its own up to it. */
function threshold(attributes: Attributes): Curve {
  const [limit, value] = [numberOf(attributes, "threshold"), numberOf(attributes, "value")];
  return (x) => (x > limit ? x : value);
}

/** 0 between -limit and limit, and nearer to 0 by the bias beyond. */
function shrink(attributes: Attributes): Curve {
  const [limit, bias] = [numberOf(attributes, "limit"), numberOf(attributes, "bias")];
  return (x) => (x < -limit ? x + bias : x > limit ? x - bias : 0);
}

function finite(attributes: Attributes): Curve {
  const [nan, lo, hi] = ["nan", "lo", "hi"].map((name) => numberOf(attributes, name));
  return (x) => (Number.isNaN(x) ? nan : x === Infinity ? hi : x === -Infinity ? lo : x);
}

export const pointwiseOperators: readonly Operator[] = [
  pointwise("relu", () => (x) => Math.max(x, 0), sameType, relu),
  pointwise("leakyRelu", (attributes) => {
    const slope = numberOf(attributes, "slope");
    return (x) => (x > 0 ? x : slope * x);
  }),
  pointwise("clamp", clamp, sameType, saturation),
  pointwise("sigmoid", () => sigmoid),
  pointwise("tanh", () => elementary.tanh),
  pointwise("gelu", gelu),
  pointwise("silu", () => (x) => x * sigmoid(x)),
  pointwise("mish", () => (x) => x * elementary.tanh(softplus(x))),
  pointwise("softplus", (attributes) => {
    const beta = numberOf(attributes, "beta");
    return (x) => softplus(beta * x) / beta;
  }),
  // PyTorch's softplus is the argument itself from a threshold on, which shows where the threshold is low.
  pointwise("softplusUpTo", (attributes) => {
    const beta = numberOf(attributes, "beta");
    const threshold = numberOf(attributes, "threshold");
    return (x) => (beta * x > threshold ? x : softplus(beta * x) / beta);
  }),
  pointwise("elu", elu),
  pointwise("hardSigmoid", (attributes) => {
    const slope = numberOf(attributes, "slope");
    const offset = numberOf(attributes, "offset");
    return (x) => Math.min(Math.max(slope * x + offset, 0), 1);
  }),
  pointwise("hardSwish", () => (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6),
  pointwise("exp", () => elementary.exp),
  pointwise("log", () => elementary.log),
  pointwise("pow", pow, powType, square),
  pointwise("abs", () => Math.abs, sameType),
  pointwise("sign", () => Math.sign, sameType),
  pointwise("floor", () => Math.floor, sameType),
  pointwise("ceil", () => Math.ceil, sameType),
  pointwise("round", () => roundHalfToEven, sameType),
  pointwise("trunc", () => Math.trunc, sameType),
  pointwise("softsign", () => (x) => x / (1 + Math.abs(x))),
  pointwise("erf", () => erf),
  ...(["sin", "cos", "atan", "tan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh"] as const).map(
    (name) => pointwise(name, () => elementary[name]),
  ),
  pointwise("sinc", () => (x) => (x === 0 ? 1 : elementary.sin(Math.PI * x) / (Math.PI * x))),
  pointwise("logGamma", () => logGamma),
  pointwise("erfInverse", () => erfInverse),
  pointwise("logit", () => (x) => elementary.log(x / (1 - x))),
  pointwise("threshold", threshold, sameType),
  pointwise("shrink", shrink, sameType),
  pointwise("isNaN", () => (x) => Number(Number.isNaN(x)), toBool, never),
  pointwise(
    "isInfinite",
    (attributes) => {
      const sign = numberOf(attributes, "sign");
      return (x) => Number(sign === 0 ? Math.abs(x) === Infinity : x === sign * Infinity);
    },
    toBool,
    never,
  ),
  pointwise("finite", finite, sameType, unchanged),
  pointwise("cast", cast, castType, unchanged),
];
