import { basename } from "node:path";
import { hashFiles, type BatchManifest, type KeyedManifest, type Manifest } from "../artifacts/manifest.js";
import type { Netlist, Packing } from "../netlist/types.js";
import type { Program } from "../program/types.js";
import type { BuildParameters } from "./buildParameters.js";
import type { IntegerModel, NamedModel } from "./integerModel.js";
import { CIRCUIT_FILES, describeProvable, type Provable } from "./provable.js";
import { PROGRAM_TEXTS } from "./writeTexts.js";

/** The files of a model's program in its build's folder, by what they are. */
export const PROGRAM_FILES = { ...PROGRAM_TEXTS, recipe: "recipe.json", report: "report.json" } as const;

/** The manifest of a build whose files are all there. */
export async function makeManifest(
  parameters: BuildParameters,
  model: NamedModel,
  integer: IntegerModel,
  provable: Provable,
  batches: readonly BatchManifest[],
): Promise<Manifest> {
  const files = { ...PROGRAM_FILES, ...CIRCUIT_FILES };
  return {
    ...(await described(parameters, model, integer, files)),
    ...describeProvable(provable),
    ...(batches.length > 0 && { batches: [...batches] }),
  };
}

/** The manifest of a build in segments. */
export async function segmentedManifest(
  parameters: BuildParameters,
  model: NamedModel,
  integer: IntegerModel,
  segments: readonly KeyedManifest[],
): Promise<Manifest> {
  const total = (what: keyof Manifest["constraints"]) =>
    segments.reduce((sum, { constraints }) => sum + constraints[what], 0);
  const [{ setup, ceremony, setupHash: hash }] = segments;
  return {
    ...(await described(parameters, model, integer, PROGRAM_FILES)),
    constraints: { nonlinear: total("nonlinear"), linear: total("linear"), wires: total("wires") },
    setup,
    ceremony,
    setupHash: hash,
    segments: [...segments],
  };
}

/** What a manifest says of the model, and of the files of its program. */
async function described(
  { name, source, input, output, paths, card }: BuildParameters,
  model: NamedModel,
  { program, netlist, accuracy }: IntegerModel,
  files: Readonly<Record<string, string>>,
): Promise<Omit<Manifest, "constraints" | "setup" | "ceremony" | "setupHash">> {
  const { samples, floatScore, integerScore, agreement } = accuracy;
  return {
    format: "torch2circom-manifest-1",
    name,
    model: { file: basename(source), format: model.format, sha256: model.sha256 },
    inputMode: input,
    outputMode: output,
    weightCommitment: model.weightCommitment?.toString(),
    ...describeProgram(program, netlist),
    accuracy: { samples, floatScore, integerScore, agreement },
    ...(card !== undefined && { card }),
    files: { ...files },
    hashes: await hashFiles(paths.folder, files),
  };
}

/** What a manifest says of a program: how a model's numbers become the circuit's integers, and back. */
export function describeProgram(
  program: Program,
  netlist: Netlist,
): Pick<Manifest, "domain" | "inputs" | "outputs"> {
  return {
    domain: netlist.domain,
    inputs: program.inputs.map(({ name: inputName, shape, elements, scale, offset }, i) => ({
      name: inputName,
      signal: netlist.inputs[i].signal,
      shape: [...shape],
      ...(elements && { elements: [...elements] }),
      scale: [...scale],
      offset: [...offset],
      hi: netlist.inputs[i].hi,
      packing: packingOf(netlist.inputs[i]),
    })),
    outputs: program.outputs.map(({ name: outputName, shape, kind, scale, offset }, i) => ({
      name: outputName,
      shape: [...shape],
      kind,
      scale: [...scale],
      offset: [...offset],
      packing: packingOf(netlist.outputs[i]),
    })),
  };
}

function packingOf({ count, width, offset, perWord, words }: Packing): Packing {
  return { count, width, offset, perWord, words };
}
