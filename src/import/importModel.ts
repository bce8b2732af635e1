import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import path from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { simplify } from "../graph/passes/index.js";
import type { Graph } from "../graph/types.js";
import { OperatorError } from "../errors/operatorError.js";
import { detect } from "./detect.js";
import { asDamaged, notAnExport, DamagedError } from "./exportRecipe.js";
import { unsupportedError, type ImportedGraph } from "./layerLog.js";
import { lowerOnnx } from "./onnx/lowerOnnx.js";
import { readExternalFiles } from "./onnx/tensors.js";
import { readPt2 } from "./pt2/archive.js";
import { lowerPt2 } from "./pt2/lowerPt2.js";
import type { ChosenSizes } from "./symbolicSizes.js";

export interface ImportedModel {
  readonly graph: Graph;
  readonly format: "pt2" | "onnx";
  /** For people: "torch.export archive, torch 2.6 layout". */
  readonly formatDetail: string;
  /** Hex, of the file; of a list of hashes where other files hold weights. */
  readonly sha256: string;
  /** Number of trained numbers in the file. */
  readonly parameters: number;
  /** What was decided for the user, one sentence each. */
  readonly notices: readonly string[];
}

/** A model file, read and lowered; without a graph where some operator is not supported. */
export interface LoweredFile extends Omit<ImportedModel, "graph"> {
  readonly lowering: ImportedGraph;
}

/** Larger models are far beyond any circuit; the bound keeps memory in hand. */
const MAX_FILE_BYTES = 2 ** 29;

/**
 * Reads an exported model (.pt2 or .onnx, told apart by content) into a simplified graph.
 * @param sizes of axes that the file leaves open, by their names
 * @throws Torch2CircomError when the file cannot be read, or listing every operator that is not supported.
 */
export async function importModel(file: string, sizes?: ChosenSizes): Promise<ImportedModel> {
  const { lowering, ...about } = await lowerFile(file, sizes);
  if (lowering.graph === undefined) throw unsupportedError(path.basename(file), lowering.unsupported);
  return { graph: clearly(path.basename(file), () => simplify(lowering.graph!)), ...about };
}

export async function lowerFile(file: string, sizes?: ChosenSizes): Promise<LoweredFile> {
  const name = path.basename(file);
  const bytes = await readModelFile(file);
  try {
    const detected = await detect(bytes, name);
    if (detected.format === "pt2") {
      const pt2 = await readPt2(detected.archive, name);
      const { layout } = pt2;
      return describe(lowerPt2(pt2, name, sizes), "pt2", `torch.export archive, ${layout}`, sha256(bytes));
    }
    const { model } = detected;
    const files = await readExternalFiles(model, file);
    const producer = `${model.producerName} ${model.producerVersion}`.trim().replace(/[^\w .+-]/g, "");
    const detail = `ONNX${producer === "" ? "" : ` by ${producer}`}`;
    return describe(lowerOnnx(model, files, name, sizes), "onnx", detail, hashOf(bytes, files));
  } catch (error) {
    throw clearer(name, error);
  }
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The file's own hash; with weights in other files, the hash of a list of all their hashes. */
function hashOf(bytes: Uint8Array, files: ReadonlyMap<string, Uint8Array>): string {
  if (files.size === 0) return sha256(bytes);
  return sha256([bytes, ...files.values()].map(sha256).join("\n"));
}

function describe(
  lowering: ImportedGraph,
  format: "pt2" | "onnx",
  formatDetail: string,
  sha256: string,
): LoweredFile {
  const { parameters, notices } = lowering;
  return { lowering, format, formatDetail, sha256, parameters, notices };
}

async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    // Asked first: opening a pipe waits for who writes to it.
    const kind = await stat(file);
    if (!kind.isFile()) throw notAnExport(path.basename(file), kind.isDirectory() ? "a folder" : "no file");
    const handle = await open(file);
    try {
      const info = await handle.stat();
      if (info.size > MAX_FILE_BYTES) {
        throw new Torch2CircomError(
          "MODEL_TOO_LARGE",
          `${path.basename(file)} has ${info.size} bytes, more than the 512 MiB that are read`,
          "Export a smaller model; one of this size is far beyond what a circuit can hold.",
        );
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Torch2CircomError) throw error;
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `The model file ${file} cannot be read (${error instanceof Error ? error.message : String(error)})`,
      "Check the path and its permissions.",
      error instanceof Error ? error : undefined,
    );
  }
}

function clearly<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw clearer(name, error);
  }
}

function clearer(name: string, error: unknown): Torch2CircomError {
  if (!(error instanceof OperatorError)) {
    const clear = asDamaged(name, error);
    return clear instanceof DamagedError ? clear.forModel() : clear;
  }
  return new Torch2CircomError(
    "MODEL_UNSUPPORTED",
    `${name} cannot become a circuit: ${error.message}`,
    "Change the PyTorch model accordingly and export it again.",
    error,
  );
}
