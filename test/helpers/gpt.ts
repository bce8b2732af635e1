import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel, type ModelSource, type NodeSource } from "../import/onnx/writer.js";
import { npy } from "../quantize/npy.js";
import { randomNumbers } from "./models.js";

export interface GptSize {
  readonly blocks: number;
  /** Of the vector of a token; hidden layers have four times as many elements. */
  readonly width: number;
  readonly heads: number;
  /** Of the sequence, in tokens. */
  readonly length: number;
}

/**
 * Writes a GPT with random weights, from embedded tokens to those behind the last block: in each block causal attention and
 * a hidden layer, both behind layer norms.
 *
 * @param folder gets `model.onnx` and the folder `samples`
 */
export function writeGpt(
  folder: string,
  size: GptSize,
): { readonly source: string; readonly samples: string } {
  const [source, samples] = [join(folder, "model.onnx"), join(folder, "samples")];
  const { length, width } = size;
  mkdirSync(samples, { recursive: true });
  writeFileSync(source, writeModel(gpt(size)));
  const next = randomNumbers(5);
  const data = Array.from({ length: SAMPLES * length * width }, next);
  writeFileSync(join(samples, "x0.npy"), npy("<f4", [SAMPLES, length, width], data));
  return { source, samples };
}

const SAMPLES = 2;

function gpt({ blocks, width, heads, length }: GptSize): ModelSource {
  const next = randomNumbers(17);
  const floats: Record<string, { shape: readonly number[]; data: readonly number[] }> = {
    scale: { shape: [1], data: [1 / Math.sqrt(width / heads)] },
    one: { shape: [width], data: new Array<number>(width).fill(1) },
    zero: { shape: [width], data: new Array<number>(width).fill(0) },
    mask: {
      shape: [1, 1, length, length],
      data: Array.from({ length: length ** 2 }, (_, i) =>
        i % length > Math.floor(i / length) ? -Infinity : 0,
      ),
    },
  };
  const random = (name: string, shape: readonly number[], terms: number): string => {
    const count = shape.reduce((a, b) => a * b, 1);
    floats[name] = { shape, data: Array.from({ length: count }, () => Math.sqrt(3 / terms) * next()) };
    return name;
  };
  const linear = (name: string, input: string, from: number, to: number): NodeSource[] => [
    ["MatMul", [input, random(`${name}.w`, [from, to], from)], [`${name}.sums`]],
    ["Add", [`${name}.sums`, random(`${name}.b`, [to], 50)], [name]],
  ];
  const norm = (name: string, input: string): NodeSource => [
    "LayerNormalization",
    [input, "one", "zero"],
    [name],
  ];
  const block = (b: string, x: string): NodeSource[] => [
    norm(`${b}.norm1`, x),
    ...["q", "k", "v"].flatMap((name): NodeSource[] => [
      ...linear(`${b}.${name}`, `${b}.norm1`, width, width),
      ["Reshape", [`${b}.${name}`, "perHead"], [`${b}.${name}.split`]],
      [
        "Transpose",
        [`${b}.${name}.split`],
        [`${b}.${name}.heads`],
        { perm: name === "k" ? [0, 2, 3, 1] : [0, 2, 1, 3] },
      ],
    ]),
    ["MatMul", [`${b}.q.heads`, `${b}.k.heads`], [`${b}.products`]],
    ["Mul", [`${b}.products`, "scale"], [`${b}.scaled`]],
    ["Add", [`${b}.scaled`, "mask"], [`${b}.scores`]],
    ["Softmax", [`${b}.scores`], [`${b}.shares`], { axis: -1 }],
    ["MatMul", [`${b}.shares`, `${b}.v.heads`], [`${b}.mixed`]],
    ["Transpose", [`${b}.mixed`], [`${b}.turned`], { perm: [0, 2, 1, 3] }],
    ["Reshape", [`${b}.turned`, "together"], [`${b}.attended`]],
    ...linear(`${b}.out`, `${b}.attended`, width, width),
    ["Add", [x, `${b}.out`], [`${b}.residual`]],
    norm(`${b}.norm2`, `${b}.residual`),
    ...linear(`${b}.up`, `${b}.norm2`, width, 4 * width),
    ["Relu", [`${b}.up`], [`${b}.active`]],
    ...linear(`${b}.down`, `${b}.active`, 4 * width, width),
    ["Add", [`${b}.residual`, `${b}.down`], [`${b}.end`]],
  ];
  const names = Array.from({ length: blocks }, (_, i) => `block${i}`);
  return {
    nodes: names.flatMap((name, i) => block(name, i === 0 ? "x0" : `${names[i - 1]}.end`)),
    floats,
    ints: { perHead: [1, length, heads, width / heads], together: [1, length, width] },
    inputs: { x0: [1, length, width] },
    outputs: [`${names.at(-1)}.end`],
  };
}
