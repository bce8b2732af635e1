import type { Part } from "./types.js";

// What `npm run bench many` measures, and how results call it.

/** Numbers of jobs in one proof, by model. */
export const BATCHES: Readonly<Record<string, readonly number[]>> = {
  digits_mlp: [1, 8, 32],
  mnist_lenet5: [1, 8],
};

/** Numbers of segments, by model. */
export const SEGMENTS: Readonly<Record<string, readonly number[]>> = {
  mnist_lenet5: [1, 2, 4],
  digits_transformer_mha: [1, 2, 4],
};

export const MANY_MODELS = [...new Set([...Object.keys(BATCHES), ...Object.keys(SEGMENTS)])];

/** How results call a proof of so many jobs. */
export const batchName = (model: string, jobs: number): string =>
  `many/${model}/${jobs} ${jobs === 1 ? "job" : "jobs"}`;

/** How results call the segments of a model, the first to the last. The only one of one is the proof of a job. */
export function segmentNames(model: string, count: number): string[] {
  if (count === 1) return [batchName(model, 1)];
  return Array.from({ length: count }, (_, i) => `many/${model}/segment ${i + 1} of ${count}`);
}

/** The circuits that are measured of a model. */
export function partsOf(model: string): { readonly name: string; readonly part?: Part }[] {
  const batches = (BATCHES[model] ?? []).map((jobs) => ({ name: batchName(model, jobs), part: { jobs } }));
  const segments = (SEGMENTS[model] ?? []).flatMap((of) =>
    segmentNames(model, of).map((name, i) => ({ name, part: { segment: i + 1, of } })),
  );
  const several = [...batches, ...segments].filter(({ name }) => name !== batchName(model, 1));
  return [{ name: batchName(model, 1) }, ...several];
}
