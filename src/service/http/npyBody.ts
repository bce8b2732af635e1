import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { HttpError } from "../../errors/httpError.js";
import type { SampleArray } from "../../import/samples/array.js";
import { readNpy } from "../../import/samples/npy.js";
import { sameShape, withoutBatch } from "../../tensor/tensor.js";
import type { OfferedModel } from "../offer/shop.js";

/** Types of a body that is one array of NumPy (.npy). */
export const NPY_TYPES = ["application/octet-stream", "application/x-npy"];

/**
 * The input of a model with one input, from an .npy file in the input's shape, with or without a first axis of 1.
 *
 * @param bytes of the file
 * @throws HttpError for a file that is cut off, elements that are no numbers, another shape, and a model with more inputs; nothing
 *   of the file is quoted
 */
export function inputsOfNpy({ model }: OfferedModel, bytes: Uint8Array): Record<string, number[]> {
  const [input, ...others] = model.manifest.inputs;
  if (others.length > 0)
    throw new HttpError(400, "This model has several inputs, and an .npy body is one", "Send them as JSON.");
  const { shape, data } = arrayOf(bytes);
  if (!sameShape(withoutBatch(shape), withoutBatch(input.shape)))
    throw new HttpError(
      422,
      "The array has another shape than the model's input",
      `Send an array of shape [${input.shape.join(", ")}].`,
      "INPUT_INVALID",
    );
  return { [input.name]: Array.from(data) };
}

function arrayOf(bytes: Uint8Array): SampleArray {
  try {
    return readNpy(bytes, "the body");
  } catch (error) {
    if (!(error instanceof Torch2CircomError)) throw error;
    // The reader's own words quote the file's header.
    const isWhole = error.code === "SAMPLES_INVALID";
    throw new HttpError(
      isWhole ? 422 : 400,
      isWhole ? "The elements of the array are not numbers" : "The body is not a whole .npy file",
      'Save the array with numpy.save, as astype("float32") or "int64".',
      isWhole ? "INPUT_INVALID" : "INVALID_ARGUMENT",
    );
  }
}
