import { Torch2CircomError } from "../errors/torch2circomError.js";

/** The Python that makes a file which this plugin takes. */
export const exportRecipe = `import torch
  program = torch.export.export(model.eval(), (example_input,)).run_decompositions({})
  torch.export.save(program, "model.pt2")`;

/** The Python that fixes an open size of an ONNX file, by its name where it has one. */
export function sizeRecipe(size: string | undefined, file: string): string {
  const choice =
    size === undefined || !/^\w+$/.test(size) ? "" : `Choose the size, for example --size ${size}=16. Or `;
  return `${choice === "" ? "E" : `${choice}e`}xport without dynamic axes but the batch, or fix the size, here to 16:

  import onnx
  model = onnx.load(${JSON.stringify(file)})
  for value in model.graph.input:
      for axis in value.type.tensor_type.shape.dim:
          if ${size === undefined ? "axis.dim_value <= 0" : `axis.dim_param == ${JSON.stringify(size)}`}:
              axis.dim_value = 16
  onnx.save(model, ${JSON.stringify(file)})
`;
}

/** Text of a file as it may be shown: no control characters, which could steer a terminal, and not without end. */
export function printable(text: string, most = 120): string {
  const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return shown.length > most ? `${shown.slice(0, most - 3)}...` : shown;
}

/** A file that is not an exported model. `file` is its name, `is` what it is instead. */
export function notAnExport(file: string, is: string): Torch2CircomError {
  return new Torch2CircomError(
    "MODEL_DAMAGED",
    `${printable(file)} is ${is}, not an exported model`,
    `Export the model with PyTorch 2.6 or newer:\n\n  ${exportRecipe}\n`,
  );
}

/** A file, of a model or of samples, that is not whole. */
export class DamagedError extends Torch2CircomError {
  constructor(problem: string, remedy: string, cause?: Error) {
    super("FILE_DAMAGED", problem, remedy, cause);
  }

  /** The same of a model's file, with the Python that makes another one. */
  forModel(): Torch2CircomError {
    const remedy = `Copy the file again, or export the model again with PyTorch 2.6 or newer:\n\n  ${exportRecipe}\n`;
    return new Torch2CircomError(this.code, this.problem, remedy, this);
  }
}

/** A file whose content contradicts itself or its checksums. */
export function damaged(file: string, problem: string, cause?: Error): DamagedError {
  return new DamagedError(
    `${printable(file)} is damaged: ${printable(problem.replace(/\.+$/, ""))}`,
    "Copy or export the file again; its content does not hold together.",
    cause,
  );
}

/** Runs a reader; whatever it throws that is not already a clear error becomes "damaged". */
export function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asDamaged(file, error);
  }
}

export function asDamaged(file: string, error: unknown): Torch2CircomError {
  if (error instanceof Torch2CircomError) return error;
  return damaged(
    file,
    error instanceof Error ? error.message : String(error),
    error instanceof Error ? error : undefined,
  );
}
