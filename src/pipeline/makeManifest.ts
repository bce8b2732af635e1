import { basename } from "node:path";
import { hashFiles, setupHash, type BatchManifest, type Manifest } from "../artifacts/manifest.js";
import type { Packing } from "../netlist/types.js";
import type { BuildParameters } from "./buildModel.js";
import type { IntegerModel, NamedModel } from "./integerModel.js";
import type { Provable } from "./provable.js";
import { ceremonyOf } from "./setUpStage.js";

/** The build's files in its folder, by what they are. */
const FILES = {
  program: "program.json",
  circuit: "main.circom",
  constants: "constants.circom",
  r1cs: "main.r1cs",
  witness: "main.witness",
  zkey: "proving.zkey",
  verificationKey: "verification_key.json",
  report: "report.json",
} as const;

/** The manifest of a build whose files are all there. */
export async function makeManifest(
  { name, source, input, output, paths }: BuildParameters,
  model: NamedModel,
  { program, netlist, accuracy }: IntegerModel,
  { size: { nonlinear, linear, wires }, keys }: Provable,
  batches: readonly BatchManifest[],
): Promise<Manifest> {
  const { samples, floatScore, integerScore, agreement } = accuracy;
  const ceremony = ceremonyOf(keys);
  return {
    format: "torch2circom-manifest-1",
    name,
    model: { file: basename(source), format: model.format, sha256: model.sha256 },
    inputMode: input,
    outputMode: output,
    domain: netlist.domain,
    weightCommitment: model.weightCommitment?.toString(),
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
    constraints: { nonlinear, linear, wires },
    accuracy: { samples, floatScore, integerScore, agreement },
    setup: keys.kind,
    ceremony,
    setupHash: setupHash({ setup: keys.kind, ceremony }),
    files: FILES,
    hashes: await hashFiles(paths.folder, FILES),
    ...(batches.length > 0 && { batches: [...batches] }),
  };
}

function packingOf({ count, width, offset, perWord, words }: Packing): Packing {
  return { count, width, offset, perWord, words };
}
