import { Torch2CircomError } from "../errors.js";
import { interpret } from "../graph/interpret.js";
import type { Graph, Tensor, ValueId } from "../graph/types.js";
import type { Range } from "../lowering/types.js";

/** What the samples showed: the range of every value's elements, and the float outputs a sample. */
export interface Calibration {
  readonly ranges: ReadonlyMap<ValueId, Range>;
  /** For each sample, the float outputs in the order of the graph's. */
  readonly outputs: readonly (readonly Tensor[])[];
}

/**
 * Runs the float model on the samples.
 * @param samples one map from input id to tensor a sample; at least one
 * @throws Torch2CircomError where the model itself gives no finite number: a weight may be NaN
 */
export function calibrate(graph: Graph, samples: readonly ReadonlyMap<ValueId, Tensor>[]): Calibration {
  const ranges = new Map<ValueId, Range>();
  const observe = (id: ValueId, { data }: Tensor): void => {
    const range = ranges.get(id);
    if (range === undefined) {
      ranges.set(id, { lo: Float64Array.from(data), hi: Float64Array.from(data) });
      return;
    }
    for (let i = 0; i < data.length; i++) {
      if (data[i] < range.lo[i]) range.lo[i] = data[i];
      if (data[i] > range.hi[i]) range.hi[i] = data[i];
    }
  };
  const outputs = samples.map((sample, i) => {
    for (const [id, tensor] of sample) observe(id, tensor);
    const results = interpret(graph, sample, { observe });
    return graph.outputs.map(({ id }) => {
      const result = results.get(id)!;
      const bad = result.data.find((x) => !Number.isFinite(x));
      if (bad === undefined) return result;
      throw new Torch2CircomError(
        `The float model's output "${id}" is ${bad} on sample ${i}`,
        "Look for NaN or Infinity among its weights, and run it on this sample in PyTorch.",
      );
    });
  });
  return { ranges, outputs };
}
