import { GraphBuilder } from "../../src/graph/builder.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph } from "../../src/graph/types.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { bitLength } from "../../src/program/arithmetic.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import type { Program } from "../../src/program/types.js";
import { randomNumbers, randomTensor } from "./models.js";

/**
 * Two "tokens" from two towers, and three of their four scores: the one above the diagonal is wide, and is not read.
 * @param narrow size of the weights that make the wanted scores
 */
export function twoTowers(narrow: number): Graph {
  const [d, features] = [32, 4];
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, 1, features] });
  const tower = (name: string, first: number, firstWeight: number, others?: number): string => {
    b.module = name;
    const weights = new Float64Array(d * features);
    weights[first] = firstWeight;
    if (others !== undefined) for (let o = 1; o < d; o++) weights[o * features + others] = 1;
    return b.apply("linear", [x, b.constant(tensor("float", [d, features], weights))]);
  };
  const q = [tower("q0", 0, 1, 1), tower("q1", 2, narrow)];
  const k = [tower("k0", 3, narrow), tower("k1", 0, 1, 1)];
  b.module = "mix";
  const [left, right] = [q, k].map((parts) => b.apply("concat", parts, { axis: 1 }));
  const scores = b.apply("matmul", [left, b.apply("transpose", [right], { perm: [0, 2, 1] })]);
  const flat = b.apply("reshape", [scores], { shape: [1, 4] });
  const low = b.apply("gather", [flat, b.constant(tensor("int", [3], [0, 2, 3]))], { axis: 1 });
  return b.finish([{ name: "y", id: low }]);
}

/**
 * One causal head of attention with learned positions: each token's are large in one feature of its own, so that rows
 * of scores differ in range.
 * @param d the head's dimension; @param size of the positions
 */
export function causalHead(d: number, size: number, tokens = 2): Graph {
  const features = 4;
  const next = randomNumbers(3);
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, tokens, features] });
  const positions = new Float64Array(tokens * features);
  for (let i = 0; i < tokens; i++) positions[i * features + (i % features)] = size;
  b.module = "positions";
  const placed = b.apply("add", [x, b.constant(tensor("float", [1, tokens, features], positions))]);
  const project = (name: string, from: string, outputs: number, feature?: number): string => {
    b.module = name;
    const weights = randomTensor([outputs, features], next);
    if (feature !== undefined)
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < features; i++) weights.data[o * features + i] = i === feature ? 1 : 0;
    return b.apply("linear", [from, b.constant(weights)]);
  };
  const [q, k] = [project("q", placed, d, 0), project("k", placed, d, 1)];
  const v = project("v", x, 2);
  b.module = "attention";
  const scores = b.apply("matmul", [q, b.apply("transpose", [k], { perm: [0, 2, 1] })]);
  const scaled = b.apply("mul", [scores, b.scalar(1 / Math.sqrt(d) / Math.max(size, 1))]);
  const lower = Array.from({ length: tokens * tokens }, (_, i) =>
    i % tokens <= Math.floor(i / tokens) ? 1 : 0,
  );
  const mask = b.constant(tensor("bool", [1, tokens, tokens], lower));
  const masked = b.apply("where", [mask, scaled, b.scalar(-Infinity)]);
  const mixed = b.apply("matmul", [b.apply("softmax", [masked], { axis: -1 }), v]);
  return b.finish([{ name: "y", id: mixed }]);
}

/** The netlist with slots of products sized as they were: by the elements that are read. */
export function withReadSlots(program: Program, netlist: Netlist): Netlist {
  const intervals = checkedIntervals(program);
  const steps = netlist.steps.map((step) => {
    if (isWiring(step) || step.template !== "MatMulLayer") return step;
    const { lo, hi } = intervals[step.output];
    const least = lo.reduce((a, b) => Math.min(a, b));
    const w = bitLength(hi.reduce((a, b) => Math.max(a, b)) - least);
    const read: Record<string, number> = { resultBits: w, least };
    return {
      ...step,
      arguments: step.arguments.map(({ name, value }) => ({ name, value: read[name] ?? value })),
    };
  });
  return { ...netlist, steps };
}

/** A block of a GPT with one head of dimension 64 and learned positions, from token numbers to the scores of the next. */
export function gptBlock(seed: number): Graph {
  const [tokens, vocabulary, width] = [3, 7, 64];
  const next = randomNumbers(seed);
  const b = new GraphBuilder();
  const ids = b.input("ids", { dtype: "int", shape: [1, tokens] });
  const linear = (name: string, from: string, inputs: number, outputs: number): string => {
    b.module = name;
    const weights = randomTensor([outputs, inputs], next);
    weights.data.forEach((w, i) => (weights.data[i] = w / Math.sqrt(inputs)));
    return b.apply("linear", [from, b.constant(weights), b.constant(randomTensor([outputs], next))]);
  };
  const norm = (name: string, x: string): string => {
    b.module = name;
    const parameters = [randomTensor([width], next), randomTensor([width], next)];
    return b.apply("layerNorm", [x, ...parameters.map((one) => b.constant(one))], { dims: 1, epsilon: 1e-5 });
  };
  b.module = "embed";
  const rows = b.apply("gather", [b.constant(randomTensor([vocabulary, width], next)), ids], { axis: 0 });
  // Learned positions are heavy-tailed: some features are large at one place only.
  const positions = randomTensor([1, tokens, width], next);
  positions.data.forEach((value, i) => (positions.data[i] = i % 13 === 0 ? 6 * value : value / 4));
  const x = b.apply("add", [rows, b.constant(positions)]);
  const normal = norm("ln1", x);
  const [q, k, v] = ["q", "k", "v"].map((name) => linear(name, normal, width, width));
  b.module = "attention";
  const scores = b.apply("mul", [
    b.apply("matmul", [q, b.apply("transpose", [k], { perm: [0, 2, 1] })]),
    b.scalar(1 / Math.sqrt(width)),
  ]);
  const lower = Array.from({ length: tokens ** 2 }, (_, i) => (i % tokens <= Math.floor(i / tokens) ? 1 : 0));
  const mask = b.constant(tensor("bool", [1, tokens, tokens], lower));
  const masked = b.apply("where", [mask, scores, b.scalar(-Infinity)]);
  const mixed = b.apply("matmul", [b.apply("softmax", [masked], { axis: -1 }), v]);
  const attended = linear("out", mixed, width, width);
  b.module = "residual";
  const middle = b.apply("add", [x, attended]);
  const hidden = linear("mlp.0", norm("ln2", middle), width, 16);
  b.module = "mlp.1";
  const active = b.apply("gelu", [hidden], { approximate: "none" });
  const up = linear("mlp.2", active, 16, width);
  b.module = "end";
  const sum = b.apply("add", [middle, up]);
  return b.finish([{ name: "scores", id: linear("head", norm("ln3", sum), width, vocabulary) }]);
}
