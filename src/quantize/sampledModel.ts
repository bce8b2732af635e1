import { poolBeforeActivation } from "../graph/passes/poolBeforeActivation.js";
import type { Graph, ValueId } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import type { Samples } from "../import/samples/loadSamples.js";
import type { Range } from "../lowering/types.js";
import type { Program } from "../program/types.js";
import { calibrate, type Calibration } from "./calibrate.js";
import { compareOutputs, type Comparison } from "./comparison.js";
import { compareWithFloats, type Evaluation } from "./evaluate.js";
import { labelsFor } from "./labels.js";
import { clippedRanges } from "./outliers.js";

/** A model and what it does on its samples: what all its integer programs are made by and compared with. */
export interface SampledModel {
  readonly graph: Graph;
  /** One map from input to tensor per sample. */
  readonly samples: readonly ReadonlyMap<ValueId, Tensor>[];
  readonly calibration: Calibration;
  /** Those of the calibration, without what a percentile leaves out. */
  readonly ranges: ReadonlyMap<ValueId, Range>;
  /** @param part numbers of the samples that count; all by default */
  measure(program: Program, part?: readonly number[]): Evaluation;
  /** Both models side by side on all samples. */
  compare(program: Program): Comparison;
}

/** @param percentile of the samples that ranges follow; 100: all of them */
export function sampledModel(graph: Graph, given: Samples, percentile = 100): SampledModel {
  const prepared = poolBeforeActivation(graph);
  const samples = sampleRows(prepared, given);
  const calibration = calibrate(prepared, samples);
  const labels = given.labels && labelsFor(given.labels, given.count, prepared.outputs[0]);
  const everything = samples.map((_, i) => i);
  return {
    graph: prepared,
    samples,
    calibration,
    ranges: clippedRanges(prepared, calibration, percentile),
    compare: (program) => compareOutputs(prepared, program, samples, calibration.outputs, labels),
    measure(program, part = everything) {
      const chosen = <T>(list: readonly T[]) => part.map((i) => list[i]);
      const references =
        given.references &&
        new Map(Array.from(given.references, ([id, tensors]) => [id, chosen(tensors)] as const));
      return compareWithFloats({
        graph: prepared,
        program,
        samples: chosen(samples),
        floats: chosen(calibration.outputs),
        labels: labels && { ...labels, rows: chosen(labels.rows) },
        references,
      });
    },
  };
}

/** The samples as one map from input to tensor each. */
export function sampleRows(graph: Graph, samples: Samples): Map<ValueId, Tensor>[] {
  return Array.from(
    { length: samples.count },
    (_, i) => new Map(graph.inputs.map(({ id }) => [id, samples.inputs.get(id)![i]])),
  );
}
