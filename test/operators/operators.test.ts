import { expect } from "chai";
import { tensor } from "../../src/tensor/tensor.js";
import type { Attributes } from "../../src/operators/operator.js";
import type { DType, Shape, Tensor } from "../../src/tensor/types.js";
import { operatorOf, operators } from "../../src/operators/index.js";
import { OperatorError } from "../../src/errors/operatorError.js";
import { erf, roundHalfToEven } from "../../src/operators/special.js";
import { expectNear } from "../helpers/near.js";

const t = (shape: Shape, dtype: DType = "float"): Tensor =>
  tensor(
    dtype,
    shape,
    Array.from({ length: shape.reduce((a, n) => a * n, 1) }, (_, i) =>
      dtype === "float" ? ((i * 7) % 11) - 5 : i % 2,
    ),
  );

const window2 = { stride: [2, 1], padding: [0, 1, 1, 0], dilation: [1, 2] };

/** An application of every operator: the inputs and attributes that its documentation speaks of. */
const applications: Readonly<Record<string, readonly [Tensor[], Attributes?]>> = {
  linear: [[t([2, 3]), t([4, 3]), t([4])]],
  matmul: [[t([5, 1, 2, 3]), t([4, 3, 6])]],
  conv: [[t([2, 4, 5, 6]), t([6, 2, 3, 2]), t([6])], { ...window2, groups: 2 }],
  convTranspose: [[t([2, 4, 5, 6]), t([4, 3, 3, 2])], { ...window2, groups: 2, outputPadding: [1, 0] }],
  maxPool: [[t([1, 2, 6, 7])], { kernel: [2, 3], ...window2, ceil: true }],
  avgPool: [
    [t([1, 2, 6, 7])],
    { kernel: [2, 3], ...window2, ceil: false, countIncludePad: true, divisor: 0 },
  ],
  leakyRelu: [[t([3])], { slope: 0.1 }],
  clamp: [[t([3])], { min: -1, max: Infinity }],
  gelu: [[t([3])], { approximate: "tanh" }],
  softplus: [[t([3])], { beta: 2 }],
  softplusUpTo: [[t([3])], { beta: 2, threshold: 1 }],
  threshold: [[t([3])], { threshold: 0.5, value: 2 }],
  shrink: [[t([3])], { limit: 0.5, bias: 0.25 }],
  isInfinite: [[t([3])], { sign: 0 }],
  finite: [[t([3])], { nan: 0, lo: -1, hi: 1 }],
  elu: [[t([3])], { alpha: 1, scale: 1, inputScale: 1 }],
  hardSigmoid: [[t([3])], { slope: 1 / 6, offset: 0.5 }],
  pow: [[t([3])], { exponent: 2 }],
  cast: [[t([3])], { to: "bool" }],
  where: [[t([3], "bool"), t([2, 3]), t([])]],
  quantize: [[t([2, 3]), t([3]), t([3], "int")], { min: -8, max: 7 }],
  sum: [[t([2, 3, 4])], { axes: [0, -1], keepDims: false }],
  mean: [[t([2, 3, 4])], { axes: [1], keepDims: true }],
  max: [[t([2, 3, 4])], { axes: [0, 1, 2], keepDims: false }],
  min: [[t([2, 3, 4])], { axes: [2], keepDims: false }],
  argMax: [[t([2, 3])], { axis: -1, keepDims: true }],
  topK: [[t([2, 5])], { axis: 1, k: 3 }],
  cumSum: [[t([2, 3])], { axis: 0 }],
  softmax: [[t([2, 3])], { axis: 0 }],
  logSumExp: [[t([2, 3])], { axis: 0 }],
  logSoftmax: [[t([2, 3])], { axis: -1 }],
  layerNorm: [[t([2, 3, 4]), t([3, 4]), t([3, 4])], { dims: 2, epsilon: 1e-5 }],
  rmsNorm: [[t([2, 3, 4]), t([4])], { dims: 1, epsilon: 1e-5 }],
  l2Norm: [[t([2, 3])], { guard: "beside", epsilon: 1e-5 }],
  function: [[t([3])], { formula: "clamp(min=-1,max=Infinity) x; exp %0; add %1 1; log %2" }],
  reshape: [[t([2, 3])], { shape: [3, 1, 2] }],
  transpose: [[t([2, 3, 4])], { perm: [2, 0, 1] }],
  expand: [[t([3, 1])], { shape: [2, 3, 4] }],
  slice: [[t([4, 5])], { start: [3, 0], step: [-2, 3], size: [2, 2] }],
  concat: [[t([2, 1]), t([2, 3])], { axis: 1 }],
  pad: [[t([2, 3])], { before: [1, 0], after: [0, 2], value: 9 }],
  gather: [[t([4, 5]), t([2, 2], "int")], { axis: 1 }],
  gatherElements: [[t([4, 5]), t([4, 2], "int")], { axis: 1 }],
};

const twoInputs = "add sub mul div minimum maximum equal less lessOrEqual".split(" ");

/** Most operators are functions of one number, without attributes. */
function applicationOf(name: string): readonly [Tensor[], Attributes?] {
  if (twoInputs.includes(name)) return [[t([2, 1]), t([3])]];
  return applications[name] ?? [[t([2, 3])]];
}

describe("operators", () => {
  for (const [name, operator] of operators) {
    it(`${name}: the shape rule foretells what is computed`, () => {
      const [inputs, attributes = {}] = applicationOf(name);
      const types = operator.infer(inputs, attributes);
      const results = operator.evaluate(inputs, attributes);
      expect(results.map(({ dtype, shape }) => ({ dtype, shape }))).to.deep.equal(
        types.map(({ dtype, shape }) => ({ dtype, shape: [...shape] })),
      );
      for (const { shape, data } of results) expect(data.length).to.equal(shape.reduce((a, n) => a * n, 1));
    });
  }

  const refused: [string, Tensor[], Attributes, RegExp][] = [
    ["linear", [t([2, 3]), t([4, 2])], {}, /must end in the weight's 2 features/],
    ["matmul", [t([2, 3]), t([2, 3])], {}, /cannot be multiplied/],
    [
      "conv",
      [t([1, 3, 5]), t([4, 2, 3])],
      { stride: [1], padding: [0, 0], dilation: [1], groups: 1 },
      /do not fit/,
    ],
    [
      "conv",
      [t([1, 2, 2]), t([4, 2, 3])],
      { stride: [1], padding: [0, 0], dilation: [1], groups: 1 },
      /larger than the padded input/,
    ],
    [
      "conv",
      [t([1, 2, 5]), t([4, 2, 3])],
      { stride: [0], padding: [0, 0], dilation: [1], groups: 1 },
      /stride must be positive/,
    ],
    ["add", [t([2]), t([3])], {}, /do not broadcast/],
    ["reshape", [t([2, 3])], { shape: [4] }, /cannot be reshaped/],
    ["reshape", [t([2, 3])], { shape: "six" }, /must be a list of integers/],
    ["slice", [t([4])], { start: [3], step: [1], size: [2] }, /leaves axis 0/],
    ["gather", [t([4]), t([1])], { axis: 0 }, /must be integers/],
    ["softmax", [t([4])], { axis: 1 }, /has no axis 1/],
    ["topK", [t([4])], { axis: 0, k: 5 }, /no 5 largest/],
    ["layerNorm", [t([2, 3]), t([2])], { dims: 1, epsilon: 0 }, /must have the shape \[3\]/],
    ["gelu", [t([2])], { approximate: "other" }, /not "other"/],
    ["l2Norm", [t([2])], { guard: "within", epsilon: 1 }, /not "within"/],
    ["function", [t([2])], { formula: "exp" }, /"exp" is not a step/],
    ["function", [t([2])], { formula: "exp y" }, /"y" is not an operand/],
    ["function", [t([2])], { formula: "exp x; add %0 %1" }, /"%1" is not an operand/],
    ["function", [t([2])], { formula: "softmax x" }, /cannot hold the operator "softmax"/],
    ["function", [t([2])], { formula: "clamp(min) x" }, /"min" is not an attribute/],
    ["function", [t([2])], { formula: "clamp(min=0) x" }, /attribute "max" must be a number/],
    ["function", [t([2])], { formula: "add x" }, /"add" takes 2 operands, not 1/],
    ["function", [t([2])], { formula: "exp x x" }, /"exp" takes 1 operands/],
    ["quantize", [t([3]), t([2, 1]), t([])], { min: -8, max: 7 }, /must broadcast over x/],
    ["quantize", [t([3]), t([]), t([])], { min: 7, max: 7 }, /must be two at least/],
    ["relu", [], {}, /input 0 is missing/],
  ];
  for (const [name, inputs, attributes, message] of refused) {
    it(`${name} refuses: ${String(message)}`, () => {
      expect(() => operatorOf(name).infer(inputs, attributes)).to.throw(OperatorError, message);
    });
  }

  it("argMax takes the lowest index, and topK breaks ties by it", () => {
    const x = tensor("float", [4], [1, 3, 3, 2]);
    expect([...operatorOf("argMax").evaluate([x], { axis: 0, keepDims: false })[0].data]).to.deep.equal([1]);
    expect([...operatorOf("topK").evaluate([x], { axis: 0, k: 3 })[1].data]).to.deep.equal([1, 2, 3]);
  });

  it("erf is right to double precision", () => {
    // Abramowitz & Stegun, table 7.1.
    const known = [
      [0, 0],
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
      [2.5, 0.999593048],
      [3, 0.9999779095],
    ] as const;
    for (const [x, y] of known) {
      expectNear(erf(x), y, 1e-10);
      expectNear(erf(-x), -y, 1e-10);
    }
    expectNear(erf(2.4999999999), erf(2.5000000001), 1e-12);
  });

  it("rounds ties to even", () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6].map(roundHalfToEven)).to.deep.equal([
      0, 2, 2, 0, -2, 2, -3,
    ]);
  });
});
