import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import { interpret } from "../../src/graph/interpret.js";
import { simplify } from "../../src/graph/passes/index.js";
import { sizeOf } from "../../src/tensor/tensor.js";
import type { Graph, GraphValue } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import type { ImportedGraph } from "../../src/import/layerLog.js";
import type { Netlist } from "../../src/netlist/types.js";
import { execute } from "../../src/program/execute.js";
import { dequantizeOutput, quantizeInputs } from "../../src/quantize/inputs.js";

/** An integer model, and how far it is from the float model on its samples. */
export interface AsIntegers {
  readonly netlist: Netlist;
  /** Share of the outputs' elements that are further away than 3 % of their output's range. */
  readonly off: number;
}

const SAMPLES = 16;

/** Numbers from a seed, evenly in the range. */
export function numbers(
  count: number,
  seed: number,
  [low, high]: readonly [number, number] = [-2, 2],
): Float64Array {
  let state = Math.imul(seed, 2654435761);
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const again = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return low + (((again ^ (again >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  });
}

/** Floats in the range; integers choose among the least number of rows of any table, here 0 and 1. */
function sampleOf({ dtype, shape }: GraphValue, seed: number, range?: readonly [number, number]): Tensor {
  const data = numbers(sizeOf(shape), seed, dtype === "float" ? range : [0, 2]);
  return { dtype, shape, data: dtype === "float" ? data : data.map(Math.floor) };
}

/** Takes an imported graph to integers, with random samples in the range, and compares. */
export function toIntegers(lowering: ImportedGraph, range?: readonly [number, number]): AsIntegers {
  const graph = simplify(graphOf(lowering));
  const inputs = new Map(
    graph.inputs.map((input, i) => [
      input.id,
      Array.from({ length: SAMPLES }, (_, n) => sampleOf(input, 97 * n + i + 1, range)),
    ]),
  );
  const { program, netlist } = makeIntegerModel(
    { graph, format: "onnx", formatDetail: "", sha256: "0".repeat(64), parameters: 0, notices: [] },
    { count: SAMPLES, inputs },
    { inputBits: 8, input: "committed", output: "public" },
  );
  const differences = graph.outputs.map((): number[] => []);
  const values = graph.outputs.map((): number[] => []);
  for (let n = 0; n < SAMPLES; n++) {
    const sample = new Map([...inputs].map(([id, tensors]) => [id, tensors[n]]));
    const floats = interpret(graph, Object.fromEntries(sample));
    const integers = execute(program, quantizeInputs(program, sample));
    program.outputs.forEach((output, o) => {
      const expected = floats.get(graph.outputs[o].id)!.data;
      const actual = dequantizeOutput(output, integers[output.tensor]);
      expected.forEach((value, i) => {
        values[o].push(value);
        differences[o].push(Math.abs(actual[i] - value));
      });
    });
  }
  const relative = differences.flatMap((list, o) => {
    const [low, high] = [Math.min, Math.max].map((pick) => values[o].reduce((a, b) => pick(a, b)));
    return list.map((difference) => difference / (high - low || 1));
  });
  return { netlist, off: relative.filter((d) => !(d <= 0.03)).length / relative.length };
}

/** @throws Error with what is not supported */
export function graphOf({ graph, unsupported }: ImportedGraph): Graph {
  if (graph !== undefined) return graph;
  throw new Error(unsupported.map(({ operator, reason }) => `${operator}: ${reason}`).join("; "));
}
