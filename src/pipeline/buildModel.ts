import { basename } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { keepBuild } from "../artifacts/keptKeys.js";
import { withLock } from "../artifacts/lock.js";
import { hashFiles, setupHash, writeManifest, type Manifest } from "../artifacts/manifest.js";
import type { ModelPaths } from "../artifacts/paths.js";
import { explainDiskFull, runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { writeWhole } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { requireLinkable, requireRoom } from "../forecast/needs.js";
import { requirePowersOfTau } from "../groth16/ptauHeader.js";
import { setUp } from "../groth16/setup.js";
import type { SetupKind, VerificationKey } from "../groth16/types.js";
import { renderVerifier } from "../groth16/verifierTemplate.js";
import type { SystemCheck } from "../inference/checkSystem.js";
import { importModel } from "../import/importModel.js";
import { loadSamples } from "../import/samples/loadSamples.js";
import { provingDomain } from "../netlist/provingDomain.js";
import type { Packing } from "../netlist/types.js";
import { inStage, type Progress } from "../progress/progress.js";
import {
  makeIntegerModel,
  writeIntegerModel,
  type CircuitOptions,
  type IntegerModel,
  type NamedModel,
} from "./integerModel.js";
import type { SystemSize } from "../link/size.js";
import { describeRest } from "./rest.js";
import { modelCircuit } from "./linkable.js";
import { linkStage } from "./linkStage.js";
import { describeAccuracy, type Report } from "./report.js";
import { askSecondOpinion } from "./secondOpinion.js";

export interface BuildParameters extends CircuitOptions {
  readonly name: string;
  /** The model file and its calibration samples. */
  readonly source: string;
  readonly samples: string;
  /** Of axes that the model file leaves open, by their names. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly paths: ModelPaths;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Path of the Solidity verifier to write. */
  readonly verifier: string;
  /** Prepared powers of tau, and their sha256 to be checked. @default none: a development setup */
  readonly ptau?: { readonly path: string; readonly sha256?: string };
  /** Whether a key that has a contribution or is registered may be replaced. @default false */
  readonly force?: boolean;
  /** Whether to go on where memory or disk would not suffice. @default false */
  readonly anyway?: boolean;
}

export interface BuildResult {
  readonly manifest: Manifest;
  readonly report: Report;
  /** What came of `check`, where it was asked for. */
  readonly check?: SystemCheck;
}

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

/**
 * Model file -> circuit, keys, verifier and manifest. The linker and the setup are skipped where what they read
 * has not changed, so that an interrupted build goes on where it was.
 *
 * @throws Torch2CircomError for whatever a user can mend
 */
export async function buildModel(parameters: BuildParameters, progress: Progress): Promise<BuildResult> {
  const { name, paths, source, ptau, anyway = false } = parameters;
  if (ptau !== undefined) await requirePowersOfTau(ptau.path, 0);
  const imported = await inStage(
    progress,
    `Import ${basename(source)}`,
    () => importModel(source, parameters.sizes),
    ({ formatDetail, parameters: count }) => `${formatDetail}, ${count.toLocaleString("en")} parameters`,
  );
  const samples = await loadSamples(parameters.samples, imported.graph);
  return withLock(paths.folder, async () =>
    keepingKey(parameters, async (mayReplaceKey) => {
      const { model, integer, report } = await inStage(
        progress,
        "Quantize and measure accuracy",
        async () => {
          const made = makeIntegerModel(imported, samples, parameters);
          await requireLinkable(provingDomain(made.netlist), paths.folder, anyway);
          const written = writeIntegerModel(paths, name, imported, made, parameters.lowestBit).catch(
            (error: unknown) => {
              throw explainDiskFull(error, paths.folder, "quantize");
            },
          );
          return { ...(await written), integer: made };
        },
        (made) => describeAccuracy(made.report.accuracy),
      );
      if (ptau !== undefined) await requirePowersOfTau(ptau.path, provingDomain(integer.netlist).rows - 1);
      await inStage(
        progress,
        "Check every width a second time",
        () => askSecondOpinion(paths),
        (checks) => `${checks.toLocaleString("en")} checks by independent code`,
      );
      const linked = await inStage(
        progress,
        "Link the circuit",
        (onProgress) =>
          linkStage({
            ...parameters,
            folder: paths.folder,
            circuit: modelCircuit(integer.netlist),
            onProgress,
            onCounted: (size) => requireRoom(size, paths.folder, anyway),
          }),
        ({ nonlinear, linear }) =>
          `${nonlinear.toLocaleString("en")} non-linear and ${linear.toLocaleString("en")} linear constraints`,
      );
      progress.note(await describeRest(linked, parameters.cacheDir));
      const keys = await setUpStage(parameters, mayReplaceKey, progress);
      const header = `${name}: generated by torch2circom:build from a model with sha256 ${model.sha256}, ${keys.kind} setup; do not edit.`;
      const verifier = renderVerifier(keys.verificationKey, { contractName: contractNameOf(name), header });
      await writeWhole(parameters.verifier, verifier);
      const manifest = await makeManifest(parameters, model, integer, report, linked, keys);
      await writeManifest(paths.manifest, manifest);
      return { manifest, report };
    }),
  );
}

/** The old key is to be replaced, and nobody has said so. */
class KeyReplaced extends Error {}

/** Keeps a key that can never be made again, with its build; and the whole folder as it is where the new build fails. */
async function keepingKey(
  { name, paths, force = false }: BuildParameters,
  build: (mayReplaceKey: boolean) => Promise<BuildResult>,
): Promise<BuildResult> {
  const kept = await keepBuild(paths);
  if (kept === undefined) return build(true);
  try {
    const result = await build(force);
    const isSame = basename(kept.folder) === result.manifest.hashes.zkey;
    if (isSame) await kept.forget();
    return result;
  } catch (error) {
    await kept.restore();
    if (!(error instanceof KeyReplaced)) throw error;
    throw new Torch2CircomError(
      "KEY_KEPT",
      `The build would replace the key of "${name}": ${kept.why}`,
      "Choose another --name; or say --force: the old key and its build are then kept in the folder keys/ of the build.",
    );
  }
}

/** `lenet-5` -> `Lenet5Verifier`. */
export function contractNameOf(model: string): string {
  const words = model.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return `${words.map((word) => word[0].toUpperCase() + word.slice(1)).join("")}Verifier`;
}

type Keys = {
  kind: SetupKind;
  verificationKey: VerificationKey;
  contributionHashes: string[];
  circuitHash: string;
  ptauHash: string | null;
};

async function setUpStage(
  { paths, ptau }: BuildParameters,
  mayReplaceKey: boolean,
  progress: Progress,
): Promise<Keys> {
  const circuitHash = await hashFile(paths.r1cs);
  const ptauInput = ptau === undefined ? null : (ptau.sha256 ?? (await hashPtau(ptau.path)));
  return inStage(
    progress,
    "Make the keys",
    async (update) => {
      const { result } = await runStage({
        folder: paths.folder,
        name: "setup",
        inputs: { circuitHash, ptauHash: ptauInput, tools: toolVersions() },
        outputs: [FILES.zkey, FILES.verificationKey],
        run: async (work) => {
          if (!mayReplaceKey) throw new KeyReplaced();
          const { kind, verificationKey, contributionHashes, ptauHash } = await setUp({
            r1cs: paths.r1cs,
            outDir: work,
            ptau: ptau?.path,
            ptauSha256: ptau?.sha256,
            onProgress: update,
          });
          return { kind, verificationKey: { ...verificationKey }, contributionHashes, circuitHash, ptauHash };
        },
      });
      return result as unknown as Keys;
    },
    ({ kind }) =>
      kind === "development" ? "a development setup, for local chains only" : "one contribution, ours",
  );
}

async function hashPtau(path: string): Promise<string> {
  return hashFile(path).catch((cause: Error) => {
    throw new Torch2CircomError(
      "PTAU_INVALID",
      `The powers of tau ${path} cannot be read`,
      "Check the path.",
      cause,
    );
  });
}

async function makeManifest(
  { name, source, input, output, paths }: BuildParameters,
  model: NamedModel,
  { program, netlist }: IntegerModel,
  report: Report,
  { nonlinear, linear, wires }: SystemSize,
  keys: Keys,
): Promise<Manifest> {
  const { samples, floatScore, integerScore, agreement } = report.accuracy;
  const ceremony = {
    circuitHash: keys.circuitHash,
    ptauHash: keys.ptauHash,
    contributionHashes: keys.contributionHashes,
    beacon: null,
    tools: toolVersions(),
  };
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
  };
}

function packingOf({ count, width, offset, perWord, words }: Packing): Packing {
  return { count, width, offset, perWord, words };
}
