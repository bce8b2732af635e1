import type { Attributes } from "../../../src/operators/operator.js";
import { constantsOf, drawConstants, type Constants } from "../constants.js";
import type { Random } from "../random.js";
import { family, lastOf, project, type Context } from "./family.js";
import type { ValueId } from "../../../src/graph/types.js";

/** Functions of one number, with attributes from one number of (0, 1]. */
const ACTIVATIONS: Readonly<Record<string, (value: number) => Attributes>> = {
  relu: () => ({}),
  leakyRelu: (value) => ({ slope: value / 2 }),
  sigmoid: () => ({}),
  tanh: () => ({}),
  gelu: (value) => ({ approximate: value < 0.5 ? "none" : "tanh" }),
  silu: () => ({}),
  mish: () => ({}),
  softplus: (value) => ({ beta: 2 * value }),
  elu: (value) => ({ alpha: value, scale: 1, inputScale: 1 }),
  hardSigmoid: (value) => ({ slope: value / 3, offset: 0.5 }),
  hardSwish: () => ({}),
  exp: () => ({}),
  pow: (value) => ({ exponent: value < 0.7 ? 2 : 3 }),
  abs: () => ({}),
  sign: () => ({}),
  floor: () => ({}),
  ceil: () => ({}),
  round: () => ({}),
  trunc: () => ({}),
  softsign: () => ({}),
  erf: () => ({}),
  sin: () => ({}),
  cos: () => ({}),
  atan: () => ({}),
};

const activation = (random: Random) => ({
  name: random.pick(Object.keys(ACTIVATIONS)),
  value: random.int(1, 10) / 10,
});

/** What an operation of two operands has on its other side: a layer of the value, or constants. */
interface Other {
  readonly computed: boolean;
  readonly values: Constants | null;
}

const drawOther = (random: Random): Other => ({
  computed: random.chance(0.6),
  values: drawConstants(random, 6),
});

function otherOf({ b }: Context, x: ValueId, { computed, values }: Other): ValueId {
  return computed ? project(b, x, lastOf(b, x), values) : b.constant(constantsOf([lastOf(b, x)], values));
}

export const pointwiseFamilies = {
  activation: family(activation, ({ b }, x, { name, value }) => {
    // Exponentials of what is large are not numbers any more.
    const bounded = name === "exp" ? b.apply("clamp", [x], { min: -6, max: 4 }) : x;
    return b.apply(name, [bounded], ACTIVATIONS[name](value));
  }),

  /** Functions that are not defined everywhere, of what is positive. */
  positive: family(
    (random) => ({
      name: random.pick(["log", "root", "inverse", "quotient"]),
      above: random.pick([1e-6, 0.01, 0.25, 1, 2]),
    }),
    ({ b }, x, { name, above }) => {
      const size = b.apply("add", [b.apply("abs", [x]), b.scalar(above)]);
      if (name === "quotient") return b.apply("div", [x, size]);
      return name === "log"
        ? b.apply("log", [size])
        : b.apply("pow", [size], { exponent: name === "root" ? 0.5 : -0.5 });
    },
  ),

  clamp: family(
    (random) => ({ min: random.pick([0, 0, -1, -0.1, 0.25]), width: random.pick([6, 1, 0.5, 0.01]) }),
    ({ b }, x, { min, width }) => b.apply("clamp", [x], { min, max: min + width }),
  ),

  extreme: family(
    (random) => ({ greatest: random.chance(0.5), other: drawOther(random) }),
    (context, x, { greatest, other }) =>
      context.b.apply(greatest ? "maximum" : "minimum", [x, otherOf(context, x, other)]),
  ),

  choice: family(
    (random) => ({
      compare: random.pick(["less", "lessOrEqual", "equal"]),
      other: drawOther(random),
      chosen: random.pick(["operands", "constants", "truth", "one"]),
      values: drawConstants(random, 6),
    }),
    (context, x, { compare, other, chosen, values }) => {
      const { b } = context;
      const against = otherOf(context, x, other);
      const [left, right] =
        compare === "equal" ? [b.apply("round", [x]), b.apply("round", [against])] : [x, against];
      const truth = b.apply(compare, [left, right]);
      if (chosen === "truth") return b.apply("cast", [truth], { to: "float" });
      const constant = b.constant(constantsOf([lastOf(b, x)], values));
      if (chosen === "constants") return b.apply("where", [truth, constant, b.scalar(0.5)]);
      return b.apply("where", [truth, x, chosen === "one" ? constant : against]);
    },
  ),

  product: family(
    (random) => ({ square: random.chance(0.3), weights: drawConstants(random, 6) }),
    ({ b }, x, { square, weights }) => b.apply("mul", [x, square ? x : project(b, x, lastOf(b, x), weights)]),
  ),

  /** The sum with the value of an earlier layer, whose features are brought to as many. */
  residual: family(
    (random) => ({ back: random.int(1, 3), weights: drawConstants(random, 6), minus: random.chance(0.3) }),
    ({ b, earlier }, x, { back, weights, minus }) => {
      const from = earlier.at(-back) ?? x;
      const [shape, own] = [b.shapeOf(from), b.shapeOf(x)];
      const same = shape.length === own.length && shape.every((size, axis) => size === own[axis]);
      const term = same ? from : project(b, x, lastOf(b, x), weights);
      return b.apply(minus ? "sub" : "add", [x, term]);
    },
  ),
};
