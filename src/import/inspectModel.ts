import type { TensorType } from "../tensor/types.js";
import { lowerFile } from "./importModel.js";
import type { ChosenSizes } from "./symbolicSizes.js";
import type { Layer, ImportedGraph, Unsupported } from "./layerLog.js";

export interface ModelInspection {
  readonly format: "pt2" | "onnx";
  readonly formatDetail: string;
  readonly sha256: string;
  readonly inputs: readonly (TensorType & { readonly name: string })[];
  readonly outputs: ImportedGraph["outputs"];
  readonly parameters: number;
  readonly layers: readonly Layer[];
  /** Empty where the model can be built. */
  readonly unsupported: readonly Unsupported[];
  readonly notices: readonly string[];
}

/**
 * What a model file holds, supported or not.
 * @throws Torch2CircomError only when the file is not a readable model at all.
 */
export async function inspectModel(file: string, sizes?: ChosenSizes): Promise<ModelInspection> {
  const { lowering, format, formatDetail, sha256 } = await lowerFile(file, sizes);
  const { inputs, outputs, parameters, layers, unsupported, notices } = lowering;
  return { format, formatDetail, sha256, inputs, outputs, parameters, layers, unsupported, notices };
}
