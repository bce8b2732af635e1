import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { simplify } from "../../src/graph/passes/index.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { DType } from "../../src/tensor/types.js";
import type { ValueId } from "../../src/graph/types.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

const TOKENS = 4;
const COUNT = 24;
const FLOAT_MIN = -3.4028234663852886e38;

type Masked = (b: GraphBuilder, scores: ValueId, mask: ValueId) => ValueId;

const added =
  (lowest: number): Masked =>
  (b, scores, mask) => {
    const seen = b.apply("cast", [mask], { to: "float" });
    const away = b.apply("mul", [b.apply("sub", [b.scalar(1), seen]), b.scalar(lowest)]);
    return b.apply("add", [scores, away]);
  };

const filled =
  (lowest: number): Masked =>
  (b, scores, mask) =>
    b.apply("where", [b.apply("equal", [mask, b.scalar(0, b.typeOf(mask).dtype)]), b.scalar(lowest), scores]);

const kept =
  (lowest: number): Masked =>
  (b, scores, mask) =>
    b.apply("where", [b.apply("cast", [mask], { to: "bool" }), scores, b.scalar(lowest)]);

const bias =
  (lowest: number): Masked =>
  (b, scores, mask) => {
    const hidden = b.apply("equal", [mask, b.scalar(0, b.typeOf(mask).dtype)]);
    return b.apply("add", [b.apply("where", [hidden, b.scalar(lowest), b.scalar(0)]), scores]);
  };

const biasWhereSeen =
  (lowest: number): Masked =>
  (b, scores, mask) => {
    const seen = b.apply("cast", [mask], { to: "bool" });
    return b.apply("add", [scores, b.apply("where", [seen, b.scalar(0), b.scalar(lowest)])]);
  };

const WAYS: Readonly<Record<string, Masked>> = {
  "(1 - m) * -100": added(-100),
  "(1 - m) * -10,000": added(-1e4),
  "(1 - m) * the least of float16": added(-65504),
  "(1 - m) * the least of float32": added(FLOAT_MIN),
  "filled with -inf where m is 0": filled(-Infinity),
  "filled with the least of float32": filled(FLOAT_MIN),
  "kept where m, else -10^9": kept(-1e9),
  "a bias of 0 or -inf": bias(-Infinity),
  "a bias of 0 or -10,000": bias(-1e4),
  "(1 - m) * the least of float32, and no less": (b, scores, mask) =>
    b.apply("maximum", [added(FLOAT_MIN)(b, scores, mask), b.scalar(FLOAT_MIN)]),
  "a bias of 0 where m, else -inf": biasWhereSeen(-Infinity),
  "a bias of 0 where m, else the least of float32": biasWhereSeen(FLOAT_MIN),
};

/** Attention of few tokens whose scores are masked, with a causal mask beside or without. */
function attention(maskType: { dtype: DType; shape: number[] }, masked: Masked, causal: number | false) {
  const numbers = randomNumbers(6);
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, TOKENS, 3] });
  const mask = b.input("mask", maskType);
  const project = (name: string) => {
    b.module = name;
    return b.apply("linear", [x, b.constant(randomTensor([3, 3], numbers))]);
  };
  const [q, k] = [project("q"), project("k")];
  b.module = "attention";
  let scores = b.apply("matmul", [q, b.apply("transpose", [k], { perm: [0, 2, 1] })]);
  if (causal !== false) {
    const later = Array.from({ length: TOKENS ** 2 }, (_, i) => (i % TOKENS > i / TOKENS ? causal : 0));
    scores = b.apply("add", [scores, b.constant(tensor("float", [TOKENS, TOKENS], later))]);
  }
  const shares = b.apply("softmax", [masked(b, scores, mask)], { axis: -1 });
  return simplify(b.finish([{ name: "y", id: shares }]));
}

function errorOf(
  graph: ReturnType<typeof attention>,
  { dtype, shape }: { dtype: DType; shape: number[] },
  hidden: number,
  seen: number,
): number {
  const next = randomNumbers(5);
  const x = Array.from({ length: COUNT }, () => randomTensor([1, TOKENS, 3], next));
  // A token is seen or not; the first always is.
  const mask = x.map(() => {
    const data = randomTensor(shape, next).data.map((v, i) => (v > 0 || i % TOKENS === 0 ? seen : hidden));
    return { dtype, shape, data };
  });
  const { accuracy, notices } = integerModel(graph, { samples: { x, mask } });
  expect(notices).to.deep.equal([]);
  return accuracy.outputs[0].greatestError;
}

describe("attention under a mask that is an input", () => {
  for (const [way, masked] of Object.entries(WAYS))
    for (const dtype of ["float", "int", "bool"] as const)
      for (const causal of [false, -Infinity, -1e9] as const)
        it(`${way}: ${dtype}${causal === false ? "" : `, and causal by ${causal}`}`, () => {
          const type = { dtype, shape: causal !== false ? [1, TOKENS, TOKENS] : [1, 1, TOKENS] };
          expect(errorOf(attention(type, masked, causal), type, 0, 1)).to.be.lessThan(0.03);
        });

  for (const lowest of [-1e4, -1e9, FLOAT_MIN, -Infinity])
    it(`given as what is added: ${lowest}`, () => {
      const type = { dtype: "float" as const, shape: [1, 1, TOKENS] };
      const graph = attention(type, (b, scores, mask) => b.apply("add", [scores, mask]), false);
      expect(errorOf(graph, type, lowest, 0)).to.be.lessThan(0.03);
    });
});

describe("the logarithm of a sum of exponentials under a constant mask", () => {
  for (const lowest of [-1e4, -Infinity])
    it(`leaves out what ${lowest} hides`, () => {
      const b = new GraphBuilder();
      const x = b.input("x", { dtype: "float", shape: [3, 4] });
      const hidden = [0, 0, lowest, 0, lowest, 0, lowest, lowest, 0, 0, 0, 0];
      const scores = b.apply("add", [x, b.constant(tensor("float", [3, 4], hidden))]);
      const graph = b.finish([{ name: "y", id: b.apply("logSumExp", [scores], { axis: 1 }) }]);
      const { accuracy, notices } = integerModel(graph, { scale: 2 });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      expect(notices).to.deep.equal([]);
    });
});

describe("the greatest of what a mask leaves", () => {
  for (const lowest of [-1e9, -Infinity])
    for (const kept of [true, false])
      it(`${kept ? "kept where m, else" : "filled where not m with"} ${lowest}`, () => {
        const next = randomNumbers(7);
        const b = new GraphBuilder();
        const x = b.input("x", { dtype: "float", shape: [1, TOKENS, 3] });
        const mask = b.input("mask", { dtype: "bool", shape: [1, TOKENS, 1] });
        const h = b.apply("linear", [x, b.constant(randomTensor([3, 3], next))]);
        const seen = kept
          ? b.apply("where", [mask, h, b.scalar(lowest)])
          : b.apply("where", [b.apply("equal", [mask, b.scalar(0, "bool")]), b.scalar(lowest), h]);
        const greatest = b.apply("max", [seen], { axes: [1], keepDims: false });
        const y = b.apply("linear", [greatest, b.constant(randomTensor([2, 3], next))]);
        const samples = {
          x: Array.from({ length: COUNT }, () => randomTensor([1, TOKENS, 3], next)),
          mask: Array.from({ length: COUNT }, () => {
            const data = randomTensor([TOKENS], next).data.map((v, i) => (v > 0 || i === 0 ? 1 : 0));
            return tensor("bool", [1, TOKENS, 1], data);
          }),
        };
        const { accuracy } = integerModel(b.finish([{ name: "y", id: y }]), { samples });
        expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      });
});
