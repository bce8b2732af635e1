import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel, type ModelSource, type NodeSource } from "../../../test/import/onnx/writer.js";
import { npy } from "../../../test/quantize/npy.js";
import { numbers } from "../circuits/models.js";
import { ROOT } from "./results.js";
import { folderOf, type Subject } from "./subject.js";

// Models that the bench measures: trained ones of test/fixtures, and made ones with random weights, as ONNX files.

const FIXTURES = join(ROOT, "test", "fixtures", "models");
const SAMPLES = 16;
const BITS = 8;

interface Layers {
  readonly nodes: readonly NodeSource[];
  readonly floats: NonNullable<ModelSource["floats"]>;
  readonly input: readonly number[];
}

/** A stream of random tensors, by which sums of `terms` products stay about as large as their terms. */
class Weights {
  readonly floats: Record<string, { shape: readonly number[]; data: readonly number[] }> = {};
  private readonly next = numbers(17);

  add(name: string, shape: readonly number[], terms: number): string {
    const size = shape.reduce((a, b) => a * b, 1);
    const scale = Math.sqrt(6 / terms);
    this.floats[name] = { shape, data: Array.from({ length: size }, () => scale * this.next()) };
    return name;
  }
}

/** Linear layers with ReLU between them. @param widths of the input and of each layer */
export function perceptron(widths: readonly number[]): Layers {
  const weights = new Weights();
  const count = widths.length - 1;
  const nodes = Array.from({ length: count }, (_, i): NodeSource[] => {
    const [from, to] = [widths[i], widths[i + 1]];
    const [w, b] = [weights.add(`w${i}`, [to, from], from), weights.add(`b${i}`, [to], 100)];
    const isLast = i === count - 1;
    const sums = isLast ? "y" : `sums${i}`;
    const linear: NodeSource = ["Gemm", [i === 0 ? "x" : `x${i}`, w, b], [sums], { transB: 1 }];
    return isLast ? [linear] : [linear, ["Relu", [sums], [`x${i + 1}`]]];
  });
  return { nodes: nodes.flat(), floats: weights.floats, input: [1, widths[0]] };
}

/** Two convolutions of an image of 14 x 14 pixels, and ten classes. @param channels of the first; the second has twice as many */
export function convolutions(channels: number): Layers {
  const weights = new Weights();
  const conv = (name: string, input: string, shape: readonly number[], stride: number): NodeSource[] => {
    const terms = 9 * shape[1];
    const inputs = [input, weights.add(`${name}.w`, shape, terms), weights.add(`${name}.b`, [shape[0]], 100)];
    const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [stride, stride] };
    return [
      ["Conv", inputs, [`${name}.sums`], attributes],
      ["Relu", [`${name}.sums`], [`${name}.out`]],
    ];
  };
  const size = 2 * channels * 49;
  const nodes: NodeSource[] = [
    ...conv("conv1", "x", [channels, 1, 3, 3], 1),
    ...conv("conv2", "conv1.out", [2 * channels, channels, 3, 3], 2),
    ["Flatten", ["conv2.out"], ["flat"]],
    ["Gemm", ["flat", weights.add("fc.w", [10, size], size)], ["y"], { transB: 1 }],
  ];
  return { nodes, floats: weights.floats, input: [1, 1, 14, 14] };
}

/** A block of a transformer with one head, for vectors of 16 elements. @param length of the sequence */
export function transformer(length: number): Layers {
  const weights = new Weights();
  const width = 16;
  const linear = (name: string, input: string, from = width, to = width): NodeSource => [
    ...(["MatMul", [input, weights.add(`${name}.w`, [from, to], from)], [name]] as const),
  ];
  weights.floats.scale = { shape: [1], data: [1 / Math.sqrt(width)] };
  const nodes: NodeSource[] = [
    ...["q", "k", "v"].map((name) => linear(name, "x")),
    ["Transpose", ["k"], ["kt"], { perm: [0, 2, 1] }],
    ["MatMul", ["q", "kt"], ["products"]],
    ["Mul", ["products", "scale"], ["scores"]],
    ["Softmax", ["scores"], ["shares"], { axis: -1 }],
    ["MatMul", ["shares", "v"], ["mixed"]],
    linear("projected", "mixed"),
    ["Add", ["x", "projected"], ["residual"]],
    linear("up", "residual", width, 2 * width),
    ["Relu", ["up"], ["active"]],
    linear("down", "active", 2 * width, width),
    ["Add", ["residual", "down"], ["y"]],
  ];
  return { nodes, floats: weights.floats, input: [1, length, width] };
}

/** Writes a model and its samples, unless they are there. */
export function made(name: string, layers: () => Layers): Subject {
  const folder = join(folderOf(name), "model");
  const [source, samples] = [join(folder, "model.onnx"), join(folder, "samples")];
  if (!existsSync(samples)) {
    mkdirSync(folder, { recursive: true });
    const { nodes, floats, input } = layers();
    writeFileSync(source, writeModel({ nodes, floats, inputs: { x: input }, outputs: ["y"] }));
    const next = numbers(5);
    const size = input.reduce((a, b) => a * b, SAMPLES);
    mkdirSync(samples);
    writeFileSync(
      join(samples, "x.npy"),
      npy("<f4", [SAMPLES, ...input.slice(1)], Array.from({ length: size }, next)),
    );
  }
  return { name, source, samples, bits: BITS };
}

const trained = (name: string) => (): Subject => ({
  name,
  source: join(FIXTURES, name, "model.pt2"),
  samples: join(FIXTURES, name),
});

/** Of the table of stages: how each is made when it is needed. */
export const MODELS: Readonly<Record<string, () => Subject>> = {
  digits_mlp: trained("digits_mlp"),
  mnist_lenet5: trained("mnist_lenet5"),
  digits_transformer_mha: trained("digits_transformer_mha"),
  nanogpt_tiny: trained("nanogpt_tiny"),
  wake_word: () => made("wake_word", () => perceptron([1536, 128, 128, 1])),
  mlp_14_layers: () => made("mlp_14_layers", () => perceptron([96, ...Array<number>(13).fill(530), 1])),
};

export interface Family {
  readonly title: string;
  /** The size that is doubled, and where it begins. */
  readonly size: string;
  readonly least: number;
  readonly layers: (size: number) => Layers;
}

export const FAMILIES: Readonly<Record<string, Family>> = {
  mlp: {
    title: "MLP: hidden layers of 256 neurons",
    size: "layers",
    least: 1,
    layers: (count) => perceptron([64, ...Array<number>(count).fill(256), 10]),
  },
  conv: {
    title: "Convolution: two layers over 14 x 14 pixels, then ten classes",
    size: "channels",
    least: 2,
    layers: convolutions,
  },
  attention: {
    title: "Attention: a block of a transformer with one head of 16 elements",
    size: "length",
    least: 4,
    layers: transformer,
  },
};
