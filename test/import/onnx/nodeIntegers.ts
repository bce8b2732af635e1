import { makeIntegerModel } from "../../../src/pipeline/integerModel.js";
import { interpret } from "../../../src/graph/interpret.js";
import type { ValueId } from "../../../src/graph/types.js";
import type { Tensor } from "../../../src/tensor/types.js";
import { execute } from "../../../src/program/execute.js";
import { dequantizeOutput, quantizeInputs } from "../../../src/quantize/inputs.js";
import { numbers } from "../../operators/toIntegers.js";
import { isRefusal, type NodeTest } from "./nodeTests.js";

/** A node's integers against its floats, or why it has no integers. */
export type NodeIntegers =
  | { readonly refused: string }
  | {
      /** The greatest error of any output, as a share of its range on the samples. */
      readonly error: number;
      readonly notices: readonly string[];
      readonly nonlinear: number;
    };

const VARIATIONS = 15;

/** The test's own input first, then floats like it: half of them its own numbers elsewhere, half new ones between. */
function samplesOf(own: Tensor, seed: number): Tensor[] {
  if (own.dtype !== "float") return Array.from({ length: 1 + VARIATIONS }, () => own);
  const finite = own.data.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const variations = Array.from({ length: VARIATIONS }, (_, i) => {
    const random = numbers(own.data.length, seed + 97 * i, [0, 1]);
    const data = random.map((x) =>
      i % 2 === 0 ? own.data[Math.floor(x * own.data.length)] : low + x * (high - low),
    );
    return { ...own, data };
  });
  return [own, ...variations];
}

/** The samples on which the float model gives numbers; some variations divide by 0. */
function rowsOf({ graph, inputs }: NodeTest): ReadonlyMap<ValueId, Tensor>[] {
  const samples = [...inputs].map(([id, tensor], i) => [id, samplesOf(tensor, i + 1)] as const);
  return Array.from({ length: 1 + VARIATIONS }, (_, n) => {
    return new Map(samples.map(([id, tensors]) => [id, tensors[n]]));
  }).filter((row) => [...interpret(graph, row).values()].every(({ data }) => data.every(Number.isFinite)));
}

export function asIntegers(test: NodeTest): NodeIntegers {
  const { graph } = test;
  const rows = rowsOf(test);
  const inputs = new Map(graph.inputs.map(({ id }) => [id, rows.map((row) => row.get(id)!)]));
  const about = {
    format: "onnx",
    formatDetail: "",
    sha256: "0".repeat(64),
    parameters: 0,
    notices: [],
  } as const;
  try {
    const { program, netlist, notices } = makeIntegerModel(
      { graph, ...about },
      { count: rows.length, inputs },
      { input: "committed", output: "public" },
    );
    const floats = rows.map((row) => [...interpret(graph, row).values()].map(({ data }) => data));
    const integers = rows.map((row) => {
      const proven = execute(program, quantizeInputs(program, row));
      return program.outputs.map((output) => dequantizeOutput(output, proven[output.tensor]));
    });
    const errors = graph.outputs.map((_, o) =>
      errorOf(
        floats.map((row) => row[o]),
        integers.map((row) => row[o]),
      ),
    );
    return { error: Math.max(...errors), notices, nonlinear: netlist.cost.nonlinear };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refused: (error as Error).message };
  }
}

/** The greatest difference, as a share of the floats' range; infinite where one is not a number. */
function errorOf(floats: readonly Float64Array[], integers: readonly Float64Array[]): number {
  const all = floats.flatMap((row) => [...row]);
  const [low, high] = [Math.min, Math.max].map((pick) => all.reduce((a, b) => pick(a, b)));
  const range = high - low || Math.abs(high) || 1;
  const worst = floats.flatMap((row, n) => [...row].map((x, i) => Math.abs(x - integers[n][i])));
  const greatest = worst.reduce((a, b) => (b <= a ? a : b), 0);
  return Number.isFinite(greatest) && Number.isFinite(range) ? greatest / range : Infinity;
}
