import { Torch2CircomError } from "../errors/torch2circomError.js";
import { formatShape, sizeOf } from "../tensor/tensor.js";
import type { Tensor } from "../tensor/types.js";
import { roundHalfUp } from "../lowering/numbers.js";
import type { Program, ProgramInput, ProgramOutput } from "../program/types.js";

/** Elements of an input of the model and the integers that they become. */
export interface InputDomain extends Omit<ProgramInput, "tensor" | "bits"> {
  /** Number of its elements. */
  readonly size: number;
  readonly lo: number;
  readonly hi: number;
}

/**
 * Real inputs -> the program's integers, q = floor((x - offset) / scale + 1/2).
 *
 * @param inputs one tensor per input of the model, by name
 * @throws Torch2CircomError for a missing input, a wrong shape, a value that is not finite or outside the domain
 */
export function quantizeInputs(program: Program, inputs: ReadonlyMap<string, Tensor>): Float64Array[] {
  return program.inputs.map((input) => {
    const operation = program.operations[input.tensor];
    if (operation.kind !== "input") throw new Error(`operation ${input.tensor} is not an input`);
    const { size, lo, hi } = operation;
    return quantizeInput({ ...input, size, lo, hi }, inputs.get(input.name));
  });
}

/** The integers of one input. @throws Torch2CircomError as {@link quantizeInputs} does */
export function quantizeInput(
  { name, shape, elements, size, lo, hi, ...domain }: InputDomain,
  tensor: (Pick<Tensor, "shape"> & { readonly data: ArrayLike<number> }) | undefined,
): Float64Array {
  if (tensor === undefined) {
    throw new Torch2CircomError(
      "INPUT_INVALID",
      `The input "${name}" is missing`,
      `Give a value of shape ${formatShape(shape)}.`,
    );
  }
  if (tensor.data.length !== sizeOf(shape)) {
    throw new Torch2CircomError(
      "INPUT_INVALID",
      `The input "${name}" has the shape ${formatShape(tensor.shape)}, not ${formatShape(shape)}`,
      "Give one sample in the shape that the model was exported with.",
    );
  }
  const isMask = lo === -1 && hi === 0;
  return Float64Array.from({ length: size }, (_, i) => {
    const place = elements === undefined ? i : elements[i];
    const [scale, offset] = [entry(domain.scale, i), entry(domain.offset, i)];
    // The least number of a mask stands for all that hide an element, infinity among them.
    const value = Math.max(tensor.data[place], isMask ? -scale : -Infinity);
    const q = roundHalfUp((value - offset) / scale);
    if (q >= lo && q <= hi) return q;
    throw new Torch2CircomError(
      "INPUT_INVALID",
      `${name}[${place}] = ${tensor.data[place]} is outside the model's domain [${lo * scale + offset}, ${hi * scale + offset}]`,
      "Clip the value, or build the model with samples that reach as far as your inputs do.",
    );
  });
}

/** The entry for an element of a list that has one for all elements or one per element. */
function entry(perElement: readonly number[], element: number): number {
  return perElement[perElement.length === 1 ? 0 : element];
}

/** The real values that an output's integers stand for. */
export function dequantizeOutput(
  { scale, offset }: Pick<ProgramOutput, "scale" | "offset">,
  integers: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(
    { length: integers.length },
    (_, i) => integers[i] * entry(scale, i) + entry(offset, i),
  );
}

/** The reverse of {@link dequantizeOutput}: the nearest integers. */
export function quantizeOutput(
  { scale, offset }: Pick<ProgramOutput, "scale" | "offset">,
  values: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: values.length }, (_, i) =>
    roundHalfUp((values[i] - entry(offset, i)) / entry(scale, i)),
  );
}
