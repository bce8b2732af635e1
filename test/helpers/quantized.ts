import { GraphBuilder } from "../../src/graph/builder.js";
import { simplify } from "../../src/graph/passes/index.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { dequantize, quantize } from "../../src/import/compose/quantization.js";
import { randomNumbers } from "./models.js";

/** A layer of a quantized model: integers of weights [out, in] and biases, and how its result becomes integers. */
export interface QuantizedLayer {
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  /** One a channel. */
  readonly weightScale: readonly number[];
  readonly relu: boolean;
  readonly scale: number;
  readonly zero: number;
}

export interface QuantizedModel {
  readonly scale: number;
  readonly zero: number;
  readonly layers: readonly QuantizedLayer[];
}

/** Integers of [-128, 127], as those of int8. */
export const INT8 = [-128, 127] as const;

/** A layer of random integers; an odd number of steps is lost by its accumulators. */
export function randomLayer(
  seed: number,
  [out, inputs]: readonly [number, number],
  rest: Omit<QuantizedLayer, "weights" | "bias">,
): QuantizedLayer {
  const next = randomNumbers(seed);
  const whole = (most: number) => Math.round(next() * most);
  const weights = Array.from({ length: out }, () => Array.from({ length: inputs }, () => whole(127)));
  return { weights, bias: Array.from({ length: out }, () => whole(2000)), ...rest };
}

/** The float meaning of a quantized model, as an importer makes it; without its quantization, the float model. */
export function graphOfQuantized({ scale, zero, layers }: QuantizedModel, quantized = true): Graph {
  const b = new GraphBuilder();
  const pair = (x: ValueId, step: number, point: number): ValueId => {
    const [s, z] = [b.scalar(step), b.scalar(point, "int")];
    return quantized ? dequantize(b, quantize(b, x, s, z, INT8), s, z) : x;
  };
  const [{ weights: first }] = layers;
  let x = pair(b.input("x", { dtype: "float", shape: [1, first[0].length] }), scale, zero);
  let unit = scale;
  layers.forEach(({ weights, bias, weightScale, relu, ...own }, i) => {
    b.module = `layer${i}`;
    const size = weights[0].length;
    const scales = Array.from({ length: weights.length }, (_, o) => weightScale[o % weightScale.length]);
    const w = weights.flatMap((row, o) => row.map((q) => Math.fround(q * scales[o])));
    const c = bias.map((q, o) => q * scales[o] * unit);
    x = b.apply("linear", [
      x,
      b.constant(tensor("float", [weights.length, size], w)),
      b.constant(tensor("float", [weights.length], c)),
    ]);
    x = pair(relu ? b.apply("relu", [x]) : x, own.scale, own.zero);
    unit = own.scale;
  });
  return simplify(b.finish([{ name: "y", id: x }]));
}

/** The integers of a quantized model's output, by integer arithmetic alone: ties upwards, as requantization rounds. */
export function integersOf({ scale, zero, layers }: QuantizedModel, { data }: Tensor): number[] {
  const cut = (q: number) => Math.min(Math.max(q, INT8[0]), INT8[1]);
  const round = (x: number) => Math.floor(x + 0.5);
  let integers = Array.from(data, (x) => cut(round(x / scale) + zero));
  let [unit, point] = [scale, zero];
  for (const { weights, bias, weightScale, relu, ...own } of layers) {
    integers = weights.map((row, o) => {
      const sum = row.reduce((total, w, i) => total + w * (integers[i] - point), bias[o]);
      const step = (unit * weightScale[o % weightScale.length]) / own.scale;
      return cut(round((relu ? Math.max(sum, 0) : sum) * step) + own.zero);
    });
    [unit, point] = [own.scale, own.zero];
  }
  return integers;
}
