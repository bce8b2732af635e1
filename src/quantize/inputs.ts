import { Torch2CircomError } from "../errors.js";
import { formatShape, sizeOf } from "../graph/tensor.js";
import type { Tensor } from "../graph/types.js";
import { roundHalfUp } from "../lowering/numbers.js";
import type { Program, ProgramOutput } from "../program/types.js";

/**
 * Real inputs -> the program's integers, q = floor(x / scale + 1/2).
 *
 * @param inputs one tensor a program input, by name
 * @throws Torch2CircomError for a missing input, a wrong shape, a value that is not finite or outside the domain
 */
export function quantizeInputs(program: Program, inputs: ReadonlyMap<string, Tensor>): Float64Array[] {
  return program.inputs.map(({ name, shape, scale, tensor: id }) => {
    const tensor = inputs.get(name);
    if (tensor === undefined) {
      throw new Torch2CircomError(
        `The input "${name}" is missing`,
        `Give a value of shape ${formatShape(shape)}.`,
      );
    }
    if (tensor.data.length !== sizeOf(shape)) {
      throw new Torch2CircomError(
        `The input "${name}" has the shape ${formatShape(tensor.shape)}, not ${formatShape(shape)}`,
        "Give one sample in the shape that the model was exported with.",
      );
    }
    const operation = program.operations[id];
    if (operation.kind !== "input") throw new Error(`operation ${id} is not an input`);
    const { lo, hi } = operation;
    return tensor.data.map((x, i) => {
      const unit = scale[scale.length === 1 ? 0 : i];
      const q = roundHalfUp(x / unit);
      if (!(q >= lo && q <= hi)) {
        throw new Torch2CircomError(
          `${name}[${i}] = ${x} is outside the model's domain [${lo * unit}, ${hi * unit}]`,
          "Clip the value, or build the model with samples that reach as far as your inputs do.",
        );
      }
      return q;
    });
  });
}

/** The real values that an output's integers stand for. */
export function dequantize(output: ProgramOutput, integers: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: integers.length }, (_, i) => {
    const scale = output.scale[output.scale.length === 1 ? 0 : i];
    return integers[i] * scale + output.offset[output.offset.length === 1 ? 0 : i];
  });
}
