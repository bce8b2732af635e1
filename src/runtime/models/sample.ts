import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { GraphValue } from "../../graph/types.js";
import type { Tensor } from "../../tensor/types.js";
import { loadInputs } from "../../import/samples/loadSamples.js";
import type { BuiltModel } from "../../inference/model.js";

/** One sample of a file of samples, for a model that is built. */
export async function readSample(
  model: Pick<BuiltModel, "manifest">,
  path: string,
  index: number,
): Promise<Map<string, Tensor>> {
  // Elements of different domains are inputs of their own, under the name of the model's input.
  const shapes = new Map(model.manifest.inputs.map(({ name, shape }) => [name, shape]));
  const inputs = Array.from(shapes, ([id, shape]): GraphValue => ({ id, dtype: "float", shape }));
  const samples = await loadInputs(path, inputs);
  if (!Number.isInteger(index) || index < 0 || index >= samples.count) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `${path} has ${samples.count} samples, none with index ${index}`,
      `Choose an index from 0 to ${samples.count - 1}.`,
    );
  }
  return new Map(inputs.map(({ id }) => [id, samples.inputs.get(id)![index]]));
}
