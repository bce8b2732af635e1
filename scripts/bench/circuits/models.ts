import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GraphBuilder } from "../../../src/graph/builder.js";
import { sizeOf, tensor } from "../../../src/tensor/tensor.js";
import type { Graph } from "../../../src/graph/types.js";
import type { Shape, Tensor } from "../../../src/tensor/types.js";

/** The shipped weights of circomlib-ml's MNIST network, integers, flattened in the order of its circuit's inputs. */
type Shipped = Readonly<Record<string, readonly (number | string)[]>>;

/** `shape` in circomlib-ml's order of axes -> a tensor with its axes permuted, times a scale. */
function permuted(values: Shipped[string], shape: Shape, axes: readonly number[], scale: number): Tensor {
  const to = axes.map((axis) => shape[axis]);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const data = Float64Array.from({ length: sizeOf(to) }, (_, i) => {
    let [rest, from] = [i, 0];
    for (let k = to.length - 1; k >= 0; k--) {
      from += (rest % to[k]) * strides[axes[k]];
      rest = Math.floor(rest / to[k]);
    }
    return Number(values[from]) * scale;
  });
  return tensor("float", to, data);
}

/**
 * The network of circomlib-ml's test `mnist_latest_precision`, with the weights that its package ships: two
 * convolutions, each with batch norm, ReLU and average pooling, and a dense layer. Its input is a pixel of 0 to 255
 * over 1000.
 */
export function mnistCnn(folder: string): { graph: Graph; sample: Float64Array; outputs: readonly number[] } {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, "models", file), "utf8")) as Shipped;
  const weights = read("mnist_latest_precision_input.json");
  const b = new GraphBuilder();
  let x = b.input("x", { dtype: "float", shape: [1, 1, 28, 28] });
  const window = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] };
  const block = (n: 1 | 2, channels: number, filters: number, biasScale: number): void => {
    b.module = `conv${n}`;
    const kernel = permuted(weights[`conv2d_${n}_weights`], [3, 3, channels, filters], [3, 2, 0, 1], 1e-3);
    const scale = permuted(weights[`bn_${n}_a`], [filters], [0], 1e-3).data;
    const bias = permuted(weights[`bn_${n}_b`], [filters], [0], biasScale);
    // Batch norm belongs to the convolution, as it does after every importer.
    const each = sizeOf(kernel.shape) / filters;
    const folded = { ...kernel, data: kernel.data.map((w, i) => w * scale[Math.floor(i / each)]) };
    const conv = b.apply("conv", [x, b.constant(folded), b.constant(bias)], { ...window, groups: 1 });
    b.module = `relu${n}`;
    const active = b.apply("relu", [conv]);
    b.module = `pool${n}`;
    x = b.apply("avgPool", [active], {
      ...window,
      kernel: [2, 2],
      stride: [2, 2],
      ceil: false,
      countIncludePad: true,
      divisor: 0,
    });
  };
  block(1, 1, 4, 1e-9);
  block(2, 4, 8, 1e-17);
  // Their rows and columns come before their channels.
  const dense = permuted(weights["dense_weights"], [5, 5, 8, 10], [3, 2, 0, 1], 1e-3);
  b.module = "dense";
  const flat = b.apply("reshape", [x], { shape: [1, 200] });
  const out = b.apply("linear", [flat, b.constant({ ...dense, shape: [10, 200] })]);
  const shipped = read("mnist_latest_precision_output.json");
  return {
    graph: b.finish([{ name: "logits", id: out }]),
    sample: Float64Array.from(weights["in"], (pixel) => Number(pixel) / 1000),
    outputs: shipped["out"].map(Number),
  };
}

/** One head of attention over B batches of N vectors of d elements, with projections of fixed random weights. */
export function attention(B: number, N: number, d: number, next: () => number): Graph {
  const random = (shape: Shape): Tensor =>
    tensor("float", shape, Float64Array.from({ length: sizeOf(shape) }, next));
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [B, N, d] });
  const project = (name: string): string => {
    b.module = name;
    return b.apply("linear", [x, b.constant(random([d, d]))]);
  };
  const [q, k, v] = ["q", "k", "v"].map(project) as [string, string, string];
  b.module = "attention";
  const products = b.apply("matmul", [q, b.apply("transpose", [k], { perm: [0, 2, 1] })]);
  const scores = b.apply("mul", [products, b.scalar(1 / Math.sqrt(d))]);
  const out = b.apply("matmul", [b.apply("softmax", [scores], { axis: -1 }), v]);
  return b.finish([{ name: "y", id: out }]);
}

/** A deterministic stream of numbers in [-1, 1). */
export function numbers(seed: number): () => number {
  let state = Math.imul(seed, 2654435761);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}
