import { makeIntegerModel, type IntegerModel } from "../../src/pipeline/integerModel.js";
import type { Graph } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { randomNumbers, randomTensor } from "./models.js";

export interface AsIntegersOptions {
  /** What random samples are multiplied by. @default 1 */
  readonly scale?: number;
  /** Samples of each input instead of random ones. */
  readonly samples?: Readonly<Record<string, readonly Tensor[]>>;
  readonly maxError?: number;
  readonly bits?: object;
}

/** A graph as an integer model, by random samples or given ones. */
export function integerModel(
  graph: Graph,
  { scale = 1, samples, maxError, bits = { inputBits: 8 } }: AsIntegersOptions = {},
): IntegerModel {
  const next = randomNumbers(5);
  const inputs = new Map(
    graph.inputs.map(({ id, shape }) => {
      const random = () => {
        const sample = randomTensor(shape, next);
        return { ...sample, data: sample.data.map((x) => x * scale) };
      };
      return [id, samples?.[id] ?? Array.from({ length: 24 }, random)];
    }),
  );
  const count = [...inputs.values()][0].length;
  return makeIntegerModel(
    { graph, format: "onnx", formatDetail: "", sha256: "0".repeat(64), parameters: 0, notices: [] },
    { count, inputs },
    { input: "committed", output: "public", maxError, ...bits },
  );
}
