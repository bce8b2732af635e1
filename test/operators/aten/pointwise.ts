import { on, positive, random, several, steep, type AtenCase, type Arguments, type Options } from "./case.js";

const unary = (name: string, options: Options = {}, more: Arguments = {}): [string, AtenCase] => [
  `${name}.default${Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : ""}`,
  on([2, 3], `${name}.default`, { self: "%x", ...more }, options),
];

export const pointwise: readonly [string, AtenCase][] = [
  ..."relu relu6 elu selu celu silu mish hardswish hardsigmoid hardtanh sigmoid tanh softplus log_sigmoid"
    .split(" ")
    .map((name) => unary(name)),
  ..."exp expm1 exp2 abs neg square sin cos atan erf gelu leaky_relu".split(" ").map((name) => unary(name)),
  ..."sqrt rsqrt log log1p log2 reciprocal".split(" ").map((name) => unary(name, positive)),
  ..."sign floor ceil round trunc".split(" ").map((name) => unary(name, steep)),
  unary("gelu", {}, { approximate: "tanh" }),
  unary("elu", {}, { alpha: { float: 0.5 } }),
  unary("leaky_relu", {}, { negative_slope: 0.25 }),
  unary("hardtanh", {}, { min_val: -0.5, max_val: 1.5 }),
  unary("softplus", {}, { beta: 2 }),
  unary("clamp", {}, { min: -0.5, max: null }),
  unary("clamp_min", {}, { min: 0.25 }),
  unary("clamp_max", {}, { max: 0.25 }),
  ["dropout", on([2, 3], "dropout.default", { input: "%x", p: { float: 0.5 }, train: false })],
  ["relu_ in place", on([2, 3], "relu_.default", { self: "%x" })],
  [
    "prelu of one slope",
    on([2, 3], "prelu.default", { self: "%x", weight: "%c" }, { constants: { c: random([1]) } }),
  ],
  [
    "prelu of a slope a channel",
    on([2, 3, 4], "prelu.default", { self: "%x", weight: "%c" }, { constants: { c: random([3]) } }),
  ],
  ["glu", on([2, 6], "glu.default", { self: "%x", dim: -1 })],
  ...[2, 3, 0.5, -1, 1.7].map((exponent): [string, AtenCase] => [
    `pow to ${exponent}`,
    on(
      [2, 3],
      "pow.Tensor_Scalar",
      { self: "%x", exponent },
      Number.isInteger(exponent) && exponent > 0 ? {} : positive,
    ),
  ]),
  ["a power of a constant", on([2, 3], "pow.Scalar", { self: 2, exponent: "%x" })],
  [
    "an activation behind a layer",
    several(
      [3, 4],
      [
        ["linear.default", { input: "%x", weight: "%w", bias: "%b" }, ["h"]],
        ["gelu.default", { self: "%h" }],
      ],
      { constants: { w: random([5, 4]), b: random([5], 2) } },
    ),
  ],
];
