import { Torch2CircomError } from "../errors/torch2circomError.js";
import { interpret } from "../graph/interpret.js";
import type { Graph, ValueId } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import type { Range } from "../lowering/types.js";

/** What the samples showed: the range of every value's elements, and the float outputs per sample. */
export interface Calibration {
  readonly ranges: ReadonlyMap<ValueId, Range>;
  /** How far from 0 each value's elements were, one number per sample. */
  readonly reaches: ReadonlyMap<ValueId, Float64Array>;
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
  const reaches = new Map<ValueId, Float64Array>();
  const observe = (id: ValueId, { data }: Tensor, sample: number): void => {
    if (!reaches.has(id)) reaches.set(id, new Float64Array(samples.length));
    reaches.get(id)![sample] = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
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
    for (const [id, tensor] of sample) observe(id, tensor, i);
    const results = interpret(graph, sample, { observe: (id, tensor) => observe(id, tensor, i) });
    return graph.outputs.map(({ id }) => {
      const result = results.get(id)!;
      const bad = result.data.find((x) => !Number.isFinite(x));
      if (bad === undefined) return result;
      throw new Torch2CircomError(
        "SAMPLES_INVALID",
        `The float model's output "${id}" is ${bad} on sample ${i}`,
        "Look for NaN or Infinity among its weights, and run it on this sample in PyTorch.",
      );
    });
  });
  return { ranges, reaches, outputs };
}
