import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { interpret } from "../../src/graph/interpret.js";
import type { Graph } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { modelProto } from "../../src/import/onnx/proto.js";
import { decodeTensor, readExternalFiles } from "../../src/import/onnx/tensors.js";
import { readPt2 } from "../../src/import/pt2/archive.js";
import type { Samples } from "../../src/import/samples/loadSamples.js";
import { isZip, openArchive } from "../../src/import/zip.js";

/** The models that come with the tests; TORCH2CIRCOM_MODELS names a folder with more of the same shape. */
export const bundledModels = fileURLToPath(new URL("../fixtures/models", import.meta.url));
export const allModels = process.env.TORCH2CIRCOM_MODELS ?? bundledModels;

export function fixture(...parts: string[]): string {
  return path.join(bundledModels, ...parts);
}

/** A small model of others, or its samples: each once came out wrong. */
export function smallCase(...parts: string[]): string {
  return path.join(bundledModels, "..", "cases", ...parts);
}

/** Every model file below the folder, as [model, file]. */
export function modelFiles(root: string): [model: string, file: string][] {
  return readdirSync(root)
    .filter((model) => existsSync(path.join(root, model, "weights.json")))
    .flatMap((model) =>
      readdirSync(path.join(root, model))
        .filter((file) => /\.(pt2|onnx)$/.test(file))
        .map((file): [string, string] => [model, file]),
    );
}

export function float32Hash({ data }: Tensor): string {
  return createHash("sha256")
    .update(Buffer.from(Float32Array.from(data).buffer))
    .digest("hex");
}

/** The hash of a matrix written out by columns. */
export function transposedHash({ dtype, shape, data }: Tensor): string {
  const [rows, columns] = shape as [number, number];
  const turned = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
  return float32Hash({ dtype, shape: [columns, rows], data: turned });
}

export function expectedHashes(root: string, model: string): Map<string, string> {
  const json = JSON.parse(readFileSync(path.join(root, model, "weights.json"), "utf8")) as Record<
    string,
    { f32_sha256: string }
  >;
  return new Map(Object.entries(json).map(([name, { f32_sha256 }]) => [name, f32_sha256]));
}

/** All tensors that a model file holds, by its own names. */
export async function storedTensors(file: string): Promise<Map<string, Tensor>> {
  const bytes = readFileSync(file);
  if (isZip(bytes)) {
    const { tensors } = await readPt2(await openArchive(bytes, "model"), "model");
    return new Map([...tensors].map(([name, read]) => [name, read()]));
  }
  const model = modelProto(bytes);
  const graph = model.graph!;
  const files = await readExternalFiles(model, file);
  return new Map(graph.initializer.map((tensor) => [tensor.name, decodeTensor(tensor, files)]));
}

/** The largest difference between the interpreter and PyTorch's own outputs over all samples. */
export function largestError(graph: Graph, samples: Samples): number {
  let largest = 0;
  for (let i = 0; i < samples.count; i++) {
    const inputs = new Map([...samples.inputs].map(([id, tensors]) => [id, tensors[i]]));
    for (const [id, output] of interpret(graph, inputs)) {
      const reference = samples.references!.get(id)![i];
      output.data.forEach((value, k) => {
        const error = Math.abs(value - reference.data[k]);
        largest = Number.isNaN(error) ? Infinity : Math.max(largest, error);
      });
    }
  }
  return largest;
}

/** Runs, and returns the clear error that must come of it. */
export async function clearError(run: () => unknown): Promise<Torch2CircomError> {
  try {
    await run();
  } catch (error) {
    expect(error, error instanceof Error ? error.stack : String(error)).to.be.instanceOf(Torch2CircomError);
    return error as Torch2CircomError;
  }
  throw new Error("no error was thrown");
}
