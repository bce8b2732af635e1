import path from "node:path";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { formatShape, sizeOf } from "../../tensor/tensor.js";
import type { Graph, GraphValue } from "../../graph/types.js";
import type { Tensor } from "../../tensor/types.js";
import type { SampleArray } from "./array.js";
import { columnsAsInput, isOneSample, isValue, match, underOwnNames, unflattened } from "./forms.js";
import { asClasses } from "./labelForms.js";
import { namesOf, type SampleNames } from "./names.js";
import { readArrays } from "./readArrays.js";

export interface Samples {
  readonly count: number;
  /** For each input of the graph, one tensor a sample in the input's shape. */
  readonly inputs: ReadonlyMap<string, readonly Tensor[]>;
  /** What each sample truly is; the first axis counts samples. */
  readonly labels?: SampleArray;
  /** The PyTorch model's own outputs, by output, one tensor a sample. */
  readonly references?: ReadonlyMap<string, readonly Tensor[]>;
  /** What the file calls elements and classes, for people. */
  readonly names?: SampleNames;
  /** What was decided for the user, one sentence each. */
  readonly notices?: readonly string[];
}

/**
 * Loads samples for a model from an .npz, .npy or .json file or a folder of .npy files. Arrays are named after the
 * model's inputs; the only input may also be called "input", the only output "output"; or all go by position
 * ("input_0"). "labels" may be there. Every array's first axis counts samples, unless there is only one; then comes the
 * value's shape, with or without its leading batch axis of 1.
 * @throws Torch2CircomError for a missing or unknown name, a wrong shape, NaN or Infinity, and no samples at all.
 */
export async function loadSamples(location: string, graph: Graph): Promise<Samples> {
  const { arrays, texts } = await readArrays(location);
  return samplesOf(graph, arrays, path.basename(location), texts);
}

function samplesOf(
  graph: Graph,
  given: ReadonlyMap<string, SampleArray>,
  file: string,
  texts: ReadonlyMap<string, readonly string[]> = new Map(),
): Samples {
  const own = underOwnNames(given, graph);
  const notices = own.notices;
  const { arrays, inputs } = arranged(graph, own.arrays, file, notices);
  const outputs = match(graph.outputs, "output", arrays);
  requireKnownNames(graph, arrays, [...inputs.values(), ...outputs.values(), "labels"], file);
  const missing = graph.inputs.filter(({ id }) => !inputs.has(id));
  if (missing.length > 0) throw missingInputs(missing, arrays, file);
  const count = arrays.get([...inputs.values()][0] ?? "")?.shape[0] ?? 0;
  if (count === 0) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `${file} holds no samples`,
      "Give at least one; a few dozen make a good calibration.",
    );
  }
  const tensors = (
    values: readonly GraphValue[],
    names: ReadonlyMap<string, string>,
  ): Map<string, Tensor[]> =>
    new Map(
      values.flatMap((value) => {
        const name = names.get(value.id);
        return name === undefined
          ? []
          : [[value.id, splitSamples(arrays.get(name)!, value, name, count, file)] as const];
      }),
    );
  // Inputs first: what is wrong with them says more than what follows from it.
  const samples = tensors(graph.inputs, inputs);
  const labels = arrays.get("labels");
  if (labels !== undefined) requireCount(labels, "labels", count, file);
  const references = tensors(graph.outputs, outputs);
  const classes = labels && asClasses(labels, count, graph.outputs[0]);
  if (classes?.notice !== undefined) notices.push(classes.notice);
  const columns = graph.inputs.length === 1 && arrays.get([...inputs.values()][0])!.columns;
  const names = { ...namesOf(texts), ...(columns && { columns }) };
  return {
    count,
    inputs: samples,
    ...(classes && { labels: classes.labels }),
    ...(references.size > 0 && { references }),
    ...(Object.keys(names).length > 0 && { names }),
    ...(notices.length > 0 && { notices }),
  };
}

/** The arrays with samples counted by the first axis, whatever form they came in, and the one for each input. */
function arranged(
  graph: Graph,
  given: ReadonlyMap<string, SampleArray>,
  file: string,
  notices: string[],
): { arrays: ReadonlyMap<string, SampleArray>; inputs: Map<string, string> } {
  let arrays = given;
  let inputs = match(graph.inputs, "input", arrays);
  const table = inputs.size === 0 ? columnsAsInput(graph.inputs, arrays, file) : undefined;
  if (table !== undefined) {
    notices.push(table.notice);
    arrays = table.arrays;
    inputs = match(graph.inputs, "input", arrays);
  }
  const names = new Map([...inputs, ...match(graph.outputs, "output", arrays)]);
  const shaped = new Map(arrays);
  for (const value of [...graph.inputs, ...graph.outputs]) {
    const array = arrays.get(names.get(value.id) ?? "");
    if (array !== undefined) shaped.set(names.get(value.id)!, unflattened(array, value.shape));
  }
  const own = graph.inputs.flatMap((value) => {
    const array = shaped.get(inputs.get(value.id) ?? "");
    return array === undefined ? [] : [[value, array] as const];
  });
  if (!isOneSample(own)) return { arrays: shaped, inputs };
  notices.push(`${file} holds one sample, without an axis that counts samples.`);
  const whole = ([name, array]: [string, SampleArray]): [string, SampleArray] => {
    const value = [...graph.inputs, ...graph.outputs].find(({ id }) => names.get(id) === name);
    const counted = value === undefined ? array.shape[0] === 1 : !isValue(array.shape, value);
    return [name, counted ? array : { ...array, shape: [1, ...array.shape] }];
  };
  return { arrays: new Map([...shaped].map(whole)), inputs };
}

/** The inputs of samples alone, for a model of which only the inputs are at hand; other arrays are passed over. */
export async function loadInputs(
  location: string,
  inputs: readonly GraphValue[],
): Promise<Pick<Samples, "count" | "inputs">> {
  const { arrays } = underOwnNames((await readArrays(location)).arrays, { inputs, outputs: [] });
  const names = match(inputs, "input", arrays);
  const wanted = new Set(names.values());
  const table = wanted.size === 0 ? columnsAsInput(inputs, arrays, path.basename(location)) : undefined;
  const own = table?.arrays ?? new Map([...arrays].filter(([name]) => wanted.has(name)));
  return samplesOf(
    { inputs, outputs: [], nodes: [], constants: new Map(), types: new Map() },
    own,
    path.basename(location),
  );
}

function requireKnownNames(
  graph: Graph,
  arrays: ReadonlyMap<string, SampleArray>,
  known: readonly string[],
  file: string,
): void {
  const unknown = [...arrays.keys()].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const wanted = [...graph.inputs, ...graph.outputs].map(({ id }) => `"${id}"`).join(", ");
  throw new Torch2CircomError(
    "SAMPLES_INVALID",
    `${file} holds ${unknown.map((name) => `"${name}"`).join(", ")}, which the model does not know`,
    `Name the arrays after the model's inputs and outputs (${wanted}) and "labels", and remove others.`,
  );
}

function missingInputs(
  missing: readonly GraphValue[],
  arrays: ReadonlyMap<string, SampleArray>,
  file: string,
): Torch2CircomError {
  const given = arrays.size === 0 ? "nothing" : [...arrays.keys()].map((name) => `"${name}"`).join(", ");
  return new Torch2CircomError(
    "SAMPLES_INVALID",
    `${file} has no samples for the input ${missing.map(({ id }) => `"${id}"`).join(", ")}; it holds ${given}`,
    `Add ${missing.map(({ id, shape }) => `"${id}" of shape [samples, ${shape.join(", ")}]`).join(", ")}.`,
  );
}

function requireCount(array: SampleArray, name: string, count: number, file: string): void {
  if (array.shape[0] === count) return;
  throw new Torch2CircomError(
    "SAMPLES_INVALID",
    `${file}: "${name}" is for ${array.shape[0] ?? 0} samples, the inputs are ${count}`,
    "The first axis of every array counts samples, and all must agree.",
  );
}

function splitSamples(
  array: SampleArray,
  value: GraphValue,
  name: string,
  count: number,
  file: string,
): Tensor[] {
  requireCount(array, name, count, file);
  const own = array.shape.slice(1);
  if (!isValue(own, value)) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `${file}: each sample of "${name}" has the shape ${formatShape(own)}, the model takes ${formatShape(value.shape)}`,
      `Save an array of shape ${formatShape([count, ...value.shape])}: the first axis counts samples, one call of the model each.`,
    );
  }
  // -Infinity is what a mask adds to a score.
  const bad = array.data.findIndex((x) => (value.dtype === "float" ? !(x < Infinity) : !Number.isInteger(x)));
  if (bad >= 0) throw badNumber(array.data[bad], Math.floor(bad / sizeOf(own)), value, name, file);
  const size = sizeOf(value.shape);
  return Array.from({ length: count }, (_, i) => ({
    dtype: value.dtype,
    shape: value.shape,
    data: array.data.slice(i * size, (i + 1) * size),
  }));
}

function badNumber(
  x: number,
  sample: number,
  value: GraphValue,
  name: string,
  file: string,
): Torch2CircomError {
  const wanted = value.dtype === "float" ? "finite numbers" : "integers";
  return new Torch2CircomError(
    "SAMPLES_INVALID",
    `${file}: sample ${sample} of "${name}" holds ${x}; the model takes ${wanted}`,
    "Remove such samples, or repair them the way the training did.",
  );
}
