import { tensor } from "../../../src/tensor/tensor.js";
import { floats, hostile, linear, type Hostile } from "./model.js";

const ROW = [1, 2] as const;

type Cases = Record<string, () => Hostile>;

/** Constants of one size wherever a model may have constants. */
function ofSize(name: string, c: number): Cases {
  return {
    [`${name} weights`]: () => hostile(ROW, (b, x) => linear(b, x, [c, -c, c, c / 3])),
    [`one ${name} weight among others`]: () => hostile(ROW, (b, x) => linear(b, x, [1, -1, c, 1])),
    [`one ${name} weight in front of a shared scale`]: () =>
      hostile(ROW, (b, x) => b.apply("softmax", [linear(b, x, [1, -1, c, 0])], { axis: -1 })),
    [`a ${name} bias`]: () =>
      hostile(ROW, (b, x) => b.apply("linear", [x, floats(b, [2, 2], 1), floats(b, [2], [c, -1])])),
    [`a ${name} addend`]: () => hostile(ROW, (b, x) => b.apply("relu", [b.apply("add", [x, b.scalar(c)])])),
    [`a ${name} factor`]: () =>
      hostile(ROW, (b, x) => b.apply("sigmoid", [b.apply("mul", [linear(b, x), b.scalar(c)])])),
    [`a ${name} divisor`]: () =>
      hostile(ROW, (b, x) => b.apply("tanh", [b.apply("div", [linear(b, x), b.scalar(c)])])),
    [`${name} positions beside common ones`]: () =>
      hostile(ROW, (b, x) => b.apply("softmax", [b.apply("mul", [x, floats(b, [2], [c, 1])])], { axis: -1 })),
    [`a ${name} sum of two sizes`]: () =>
      hostile(ROW, (b, x) => b.apply("add", [b.apply("mul", [linear(b, x), b.scalar(c)]), linear(b, x)])),
    [`a ${name} filter`]: () =>
      hostile([1, 1, 2, 2], (b, x) =>
        b.apply("conv", [x, floats(b, [2, 1, 1, 1], [c, 1])], {
          stride: [1, 1],
          dilation: [1, 1],
          padding: [0, 0, 0, 0],
          groups: 1,
        }),
      ),
    [`a ${name} entry of a table`]: () =>
      hostile(
        [1, 2],
        (b, x) => b.apply("gather", [floats(b, [3, 2], [1, 2, c, -1, 0.5, 1]), x], { axis: 0 }),
        {
          entries: 3,
        },
      ),
    [`a ${name} norm weight`]: () =>
      hostile(ROW, (b, x) => b.apply("rmsNorm", [x, floats(b, [2], [c, 1])], { dims: 1, epsilon: 1e-5 })),
    [`a ${name} epsilon`]: () =>
      hostile([1, 3], (b, x) => b.apply("layerNorm", [x], { dims: 1, epsilon: c })),
    [`a ${name} bound of a clamp`]: () =>
      hostile(ROW, (b, x) => b.apply("clamp", [linear(b, x)], { min: 0, max: c })),
    [`a ${name} threshold`]: () =>
      hostile(ROW, (b, x) =>
        b.apply("cast", [b.apply("less", [linear(b, x), b.scalar(c)])], { to: "float" }),
      ),
    [`a ${name} choice`]: () =>
      hostile(ROW, (b, x) =>
        b.apply("where", [b.apply("less", [linear(b, x), b.scalar(0)]), b.scalar(c), linear(b, x)]),
      ),
    [`a ${name} maximum`]: () => hostile(ROW, (b, x) => b.apply("maximum", [linear(b, x), b.scalar(c)])),
    [`a ${name} slope`]: () => hostile(ROW, (b, x) => b.apply("leakyRelu", [linear(b, x)], { slope: c })),
    [`a ${name} beta`]: () => hostile(ROW, (b, x) => b.apply("softplus", [linear(b, x)], { beta: c })),
    [`${name} samples`]: () => hostile(ROW, (b, x) => b.apply("tanh", [linear(b, x)]), { size: c }),
    [`${name} samples of a sum with a constant`]: () =>
      hostile(ROW, (b, x) => b.apply("relu", [b.apply("add", [linear(b, x), b.scalar(1)])]), { size: c }),
  };
}

/** Scales of two terms that lie so far apart; 2^31 is where 32 bits end. */
const apart = (factor: number): Cases => ({
  [`x * ${factor} + x`]: () =>
    hostile(ROW, (b, x) => {
      const h = linear(b, x, [1, 0, 0, 1]);
      return b.apply("add", [b.apply("mul", [h, b.scalar(factor)]), h]);
    }),
  [`features ${factor} apart, joined`]: () =>
    hostile(ROW, (b, x) =>
      b.apply("cumSum", [b.apply("mul", [linear(b, x), floats(b, [2], [factor, 1])])], { axis: 1 }),
    ),
});

/** Zeros, equal constants, and what is not a number. */
export const ZEROS: Cases = {
  "weights of zero": () => hostile(ROW, (b, x) => linear(b, x, [0, 0, 0, 0])),
  "weights of zero in front of an activation": () =>
    hostile(ROW, (b, x) => b.apply("tanh", [linear(b, x, [0, 0, 0, 0])])),
  "weights of zero between layers": () =>
    hostile(ROW, (b, x) => linear(b, b.apply("relu", [linear(b, x, [0, 0, 0, 0])]))),
  "weights of zero in front of a norm": () =>
    hostile(ROW, (b, x) => b.apply("layerNorm", [linear(b, x, [0, 0, 0, 0])], { dims: 1, epsilon: 1e-5 })),
  "weights of zero in front of a softmax": () =>
    hostile(ROW, (b, x) => b.apply("softmax", [linear(b, x, [0, 0, 0, 0])], { axis: -1 })),
  "private weights of zero": () =>
    hostile(ROW, (b, x) => b.apply("relu", [linear(b, x, [0, 0, 0, 0])]), { modes: { secretWeights: true } }),
  "a rectifier that is dead on all samples": () =>
    hostile(ROW, (b, x) => linear(b, b.apply("relu", [b.apply("sub", [linear(b, x), b.scalar(9)])]))),
  "samples of zero": () => hostile(ROW, (b, x) => b.apply("relu", [linear(b, x)]), { size: 0 }),
  "samples of zero in front of a norm": () =>
    hostile([1, 3], (b, x) => b.apply("rmsNorm", [x], { dims: 1, epsilon: 1e-5 }), { size: 0 }),
  "one sample": () =>
    hostile(ROW, (b, x) => b.apply("gelu", [linear(b, x)], { approximate: "none" }), { samples: 1 }),
  "equal weights": () =>
    hostile(ROW, (b, x) => b.apply("relu", [linear(b, x, new Array<number>(20).fill(0.1))])),
  "a factor of zero": () => hostile(ROW, (b, x) => b.apply("mul", [linear(b, x), b.scalar(0)])),
  "a divisor of zero": () => hostile(ROW, (b, x) => b.apply("div", [linear(b, x), b.scalar(0)])),
  "a norm weight of zero": () =>
    hostile(ROW, (b, x) => b.apply("rmsNorm", [x, floats(b, [2], [0, 1])], { dims: 1, epsilon: 1e-5 })),
  "an epsilon of zero": () => hostile([1, 3], (b, x) => b.apply("rmsNorm", [x], { dims: 1, epsilon: 0 })),
  "a weight that is not a number": () => hostile(ROW, (b, x) => linear(b, x, [NaN, 1, 1, 1])),
  "an infinite weight": () => hostile(ROW, (b, x) => linear(b, x, [Infinity, 1, 1, 1])),
  "an infinite addend": () =>
    hostile(ROW, (b, x) => b.apply("tanh", [b.apply("add", [x, b.scalar(Infinity)])])),
  "a difference of equals": () => hostile(ROW, (b, x) => b.apply("relu", [b.apply("sub", [x, x])])),
  "a choice between equals": () =>
    hostile(ROW, (b, x) => b.apply("where", [b.apply("less", [x, b.scalar(0)]), b.scalar(1), b.scalar(1)])),
  "a table of equal entries": () =>
    hostile([1, 2], (b, x) => b.apply("gather", [floats(b, [3, 2], 0.5), x], { axis: 0 }), { entries: 3 }),
  "a table of zeros": () =>
    hostile([1, 2], (b, x) => b.apply("gather", [floats(b, [3, 2], 0), x], { axis: 0 }), { entries: 3 }),
  "clamp(0, 0)": () => hostile(ROW, (b, x) => b.apply("clamp", [linear(b, x)], { min: 0, max: 0 })),
  "a clamp of one value": () =>
    hostile(ROW, (b, x) => b.apply("clamp", [linear(b, x)], { min: 0.5, max: 0.5 })),
  "a clamp whose ends are crossed": () =>
    hostile(ROW, (b, x) => b.apply("clamp", [linear(b, x)], { min: 1, max: -1 })),
  "a clamp that nothing reaches": () =>
    hostile(ROW, (b, x) => b.apply("clamp", [linear(b, x)], { min: 50, max: 60 })),
  "a clamp without ends": () =>
    hostile(ROW, (b, x) => b.apply("clamp", [linear(b, x)], { min: -Infinity, max: Infinity })),
  "a power of 0": () => hostile(ROW, (b, x) => b.apply("pow", [linear(b, x)], { exponent: 0 })),
  "a power of 100": () => hostile(ROW, (b, x) => b.apply("pow", [linear(b, x)], { exponent: 100 })),
  "a power of -1 near 0": () => hostile(ROW, (b, x) => b.apply("pow", [linear(b, x)], { exponent: -1 })),
  "a root of negative numbers": () =>
    hostile(ROW, (b, x) => b.apply("pow", [linear(b, x)], { exponent: 0.5 })),
  "exponentials beyond all numbers": () =>
    hostile(ROW, (b, x) => b.apply("exp", [linear(b, x)]), { size: 1e4 }),
  "a mask over a whole row": () =>
    hostile(ROW, (b, x) => {
      const mask = b.constant(tensor("bool", [1, 2], [0, 0]));
      return b.apply("softmax", [b.apply("where", [mask, x, b.scalar(-Infinity)])], { axis: -1 });
    }),
};

/** Constants of unusual sizes. */
export const SIZES: Cases = Object.entries({
  huge: 1e30,
  enormous: 1e300,
  tiny: 1e-30,
  denormal: 5e-324,
}).reduce((cases, [name, size]) => ({ ...cases, ...ofSize(name, size) }), {});

export const DISTANCES: Cases = [2 ** 31 - 1, 2 ** 31, 3e9, 1e10, 1e20, 1e-10].reduce(
  (cases, factor) => ({ ...cases, ...apart(factor) }),
  {},
);
