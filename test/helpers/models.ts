import fc from "fast-check";
import { GraphBuilder } from "../../src/graph/builder.js";
import { poolBeforeActivation } from "../../src/graph/passes/poolBeforeActivation.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Shape, Tensor } from "../../src/tensor/types.js";
import type { Precision } from "../../src/lowering/types.js";
import type { Program } from "../../src/program/types.js";
import { calibrate } from "../../src/quantize/calibrate.js";
import { quantize, type SharedWork } from "../../src/quantize/quantize.js";

export const PRECISION: Precision = {
  inputBits: 4,
  weightBits: 5,
  activationBits: 4,
  tableBits: 6,
  headroom: 1,
  coarsening: 0,
  weightLoss: 8,
};

/** A deterministic stream of numbers in [-1, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

export function randomTensor(shape: Shape, next: () => number): Tensor {
  return tensor("float", shape, Float64Array.from({ length: sizeOf(shape) }, next));
}

const window = { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1] };

/** Small models that use every operation of the integer program between them. */
export const SMALL_MODELS: Readonly<Record<string, (seed: number) => Graph>> = {
  "dense, relu, dense": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 6] });
    b.module = "fc1";
    const hidden = b.apply("linear", [
      x,
      b.constant(randomTensor([5, 6], next)),
      b.constant(randomTensor([5], next)),
    ]);
    b.module = "act";
    const active = b.apply("relu", [hidden]);
    b.module = "fc2";
    const out = b.apply("linear", [active, b.constant(randomTensor([3, 5], next))]);
    return b.finish([{ name: "y", id: out }]);
  },
  "grouped conv, relu, max pool, flatten, dense": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 2, 4, 4] });
    b.module = "features.0";
    const conv = b.apply(
      "conv",
      [x, b.constant(randomTensor([4, 1, 3, 3], next)), b.constant(randomTensor([4], next))],
      {
        ...window,
        groups: 2,
      },
    );
    b.module = "features.1";
    const active = b.apply("relu", [conv]);
    b.module = "features.2";
    const pooled = b.apply("maxPool", [active], { ...window, kernel: [3, 3], stride: [2, 2], ceil: false });
    b.module = "";
    const flat = b.apply("reshape", [pooled], { shape: [1, 16] });
    b.module = "head";
    const out = b.apply("linear", [
      flat,
      b.constant(randomTensor([3, 16], next)),
      b.constant(randomTensor([3], next)),
    ]);
    return b.finish([{ name: "y", id: out }]);
  },
  "standardize, dense over rows, transpose, sigmoid": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 3, 4] });
    const centered = b.apply("sub", [x, b.constant(randomTensor([4], next))]);
    const scaled = b.apply("mul", [centered, b.scalar(-3)]);
    b.module = "proj";
    const rows = b.apply("linear", [
      scaled,
      b.constant(randomTensor([2, 4], next)),
      b.constant(randomTensor([2], next)),
    ]);
    const turned = b.apply("transpose", [rows], { perm: [0, 2, 1] });
    const out = b.apply("sigmoid", [turned]);
    return b.finish([{ name: "y", id: out }]);
  },
  "embedding, attention with a mask, residual, layer norm": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 3, 4] });
    const project = (name: string, from: string, size = 4): string => {
      b.module = name;
      return b.apply("linear", [
        from,
        b.constant(randomTensor([size, 4], next)),
        b.constant(randomTensor([size], next)),
      ]);
    };
    const [q, k, v] = ["q", "k", "v"].map((name) => project(name, x));
    b.module = "attention";
    const scores = b.apply("matmul", [q, b.apply("transpose", [k], { perm: [0, 2, 1] })]);
    const mask = b.constant(tensor("bool", [1, 3, 3], [1, 0, 0, 1, 1, 0, 1, 1, 1]));
    const masked = b.apply("where", [mask, scores, b.scalar(-Infinity)]);
    const mixed = b.apply("matmul", [b.apply("softmax", [masked], { axis: -1 }), v]);
    b.module = "norm";
    const residual = b.apply("add", [x, project("out", mixed)]);
    const gamma = b.constant(tensor("float", [4], [1, -0.5, 2, 0.25]));
    const beta = b.constant(randomTensor([4], next));
    const normal = b.apply("layerNorm", [residual, gamma, beta], { dims: 1, epsilon: 1e-5 });
    return b.finish([{ name: "y", id: project("head", normal, 2) }]);
  },
  "embedding, gate, RMS norm, mean, pool": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "int", shape: [1, 4] });
    b.module = "embed";
    const rows = b.apply("gather", [b.constant(randomTensor([5, 4], next)), x], { axis: 0 });
    b.module = "gate";
    const gate = b.apply("tanh", [b.apply("linear", [rows, b.constant(randomTensor([4, 4], next))])]);
    const gated = b.apply("mul", [rows, gate]);
    b.module = "norm";
    const normal = b.apply("rmsNorm", [gated], { dims: 1, epsilon: 1e-6 });
    const averaged = b.apply("mean", [normal], { axes: [1], keepDims: false });
    return b.finish([{ name: "y", id: averaged }]);
  },
  "every form of activation": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    let x = b.input("x", { dtype: "float", shape: [1, 4] });
    const layer = (name: string, attributes = {}): void => {
      b.module = name;
      const weights = b.constant(randomTensor([4, 4], next));
      x = b.apply(name, [b.apply("linear", [x, weights, b.constant(randomTensor([4], next))])], attributes);
    };
    layer("gelu", { approximate: "none" });
    layer("leakyRelu", { slope: 0.3 });
    layer("tanh");
    layer("mish");
    layer("abs");
    layer("sigmoid");
    layer("elu", { alpha: 1, scale: 1, inputScale: 1 });
    return b.finish([{ name: "y", id: x }]);
  },
  "comparisons, choices, running sums, logarithm of softmax": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [1, 4] });
    const project = (name: string): string => {
      b.module = name;
      return b.apply("linear", [
        x,
        b.constant(randomTensor([4, 4], next)),
        b.constant(randomTensor([4], next)),
      ]);
    };
    const [p, q, r] = ["p", "q", "r"].map(project);
    b.module = "compare";
    const lower = b.apply("where", [b.apply("less", [p, q]), p, q]);
    const upper = b.apply("maximum", [p, r]);
    const capped = b.apply("minimum", [q, b.scalar(0.5)]);
    const steps = b.apply("where", [b.apply("lessOrEqual", [q, r]), b.scalar(1), b.scalar(-0.5)]);
    const same = b.apply("cast", [b.apply("equal", [b.apply("round", [p]), b.scalar(0)])], { to: "float" });
    const sum = [upper, capped, steps, same].reduce((total, term) => b.apply("add", [total, term]), lower);
    b.module = "end";
    const running = b.apply("cumSum", [sum], { axis: 1 });
    return b.finish([{ name: "y", id: b.apply("logSoftmax", [running], { axis: 1 }) }]);
  },
  "the greatest and their places": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [2, 4] });
    b.module = "proj";
    const rows = b.apply("linear", [x, b.constant(randomTensor([3, 4], next))]);
    b.module = "first";
    const [values, places] = b.applyAll("topK", [rows], { axis: 1, k: 2 });
    b.module = "sorted";
    const [columns] = b.applyAll("topK", [rows], { axis: 0, k: 2 });
    b.module = "end";
    const numbers = b.apply("cast", [places], { to: "float" });
    return b.finish([{ name: "y", id: b.apply("concat", [values, numbers, columns], { axis: 1 }) }]);
  },
  "shares of a sum": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "float", shape: [2, 3] });
    b.module = "proj";
    const project = () => b.apply("linear", [x, b.constant(randomTensor([3, 3], next))]);
    const positive = b.apply("relu", [project()]);
    b.module = "sum";
    const total = b.apply("sum", [positive], { axes: [1], keepDims: true });
    const shares = b.apply("div", [positive, b.apply("add", [total, b.scalar(1e-6)])]);
    b.module = "negative";
    const size = b.apply("sub", [b.scalar(-0.01), b.apply("abs", [project()])]);
    const quotients = b.apply("div", [project(), size]);
    return b.finish([{ name: "y", id: b.apply("concat", [shares, quotients], { axis: 1 }) }]);
  },
  "quantized in the model": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const pair = (x: ValueId, scale: number, zero: number, max = 127): ValueId => {
      const [s, z] = [b.scalar(scale), b.scalar(zero, "int")];
      const integers = b.apply("quantize", [x, s, z], { min: -128, max });
      return b.apply("mul", [b.apply("sub", [integers, z]), s]);
    };
    const weights = (shape: Shape) => {
      const { data, ...type } = randomTensor(shape, next);
      return b.constant({ ...type, data: data.map((w) => Math.round(127 * w) / 128) });
    };
    // Not all reach the ends of their range; bounds of which the span is not a power of two; a scale that is none.
    const x = pair(b.input("x", { dtype: "float", shape: [1, 6] }), 2 ** -7, -9);
    b.module = "fc1";
    const hidden = pair(b.apply("linear", [x, weights([5, 6])]), 2 ** -8, -128, 72);
    b.module = "fc2";
    const out = pair(b.apply("linear", [hidden, weights([3, 5])]), 0.007, 3);
    return b.finish([{ name: "y", id: pair(b.apply("mul", [out, out]), 0.011, -100) }]);
  },
  "large vocabularies": (seed) => {
    const next = randomNumbers(seed);
    const b = new GraphBuilder();
    const ids = b.input("ids", { dtype: "int", shape: [1, 2] });
    b.module = "wide";
    const wide = b.apply("gather", [b.constant(randomTensor([300, 4], next)), ids], { axis: 0 });
    b.module = "narrow";
    const narrow = b.apply("gather", [b.constant(randomTensor([300, 1], next)), ids], { axis: 0 });
    return b.finish([{ name: "y", id: b.apply("mul", [wide, narrow]) }]);
  },
};

/** The program of a graph, calibrated on a few random samples: most inputs of the domain lie beyond them. */
export function programOf(
  model: Graph,
  {
    output = "public",
    precision = PRECISION,
    ...more
  }: {
    output?: "public" | "argmax";
    precision?: Precision;
    secretWeights?: boolean;
    shared?: SharedWork;
  } = {},
): { graph: Graph; program: Program; samples: Map<string, Tensor>[] } {
  const graph = poolBeforeActivation(model);
  const next = randomNumbers(7);
  const samples = Array.from(
    { length: 8 },
    () =>
      new Map(
        graph.inputs.map(({ id, shape, dtype }) => {
          const values = randomTensor(shape, next);
          const rows = (value: number) => Math.floor((value + 1) * 2.5);
          return [id, dtype === "int" ? { ...values, dtype, data: values.data.map(rows) } : values];
        }),
      ),
  );
  const { ranges } = calibrate(graph, samples);
  return {
    graph,
    samples,
    program: quantize(graph, ranges, { precision, output, source: "ab".repeat(32), ...more }),
  };
}

/** Arbitrary integer inputs of the declared domain, its corners among them. */
export function arbitraryInputs(program: Program): fc.Arbitrary<Float64Array[]> {
  return fc.tuple(
    ...program.inputs.map(({ tensor }) => {
      const operation = program.operations[tensor];
      if (operation.kind !== "input") throw new Error("not an input");
      const { lo, hi, size } = operation;
      const value = fc.oneof(fc.integer({ min: lo, max: hi }), fc.constantFrom(lo, hi, 0));
      const array = fc.oneof(
        fc.array(value, { minLength: size, maxLength: size }),
        fc.constantFrom(lo, hi).map((v) => new Array<number>(size).fill(v)),
      );
      return array.map((values) => Float64Array.from(values));
    }),
  );
}
