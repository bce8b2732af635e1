import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { readManifest, type Manifest } from "../artifacts/manifest.js";
import { batchFolder, pathsIn, segmentFolder, type ModelPaths } from "../artifacts/paths.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { readVerificationKey } from "../groth16/files.js";
import type { VerificationKey } from "../groth16/types.js";
import { parseProgram } from "../program/serialize.js";
import type { Program } from "../program/types.js";
import { parseSegment, type SegmentForm } from "./segmentFile.js";
import { readSecrets, type WeightSecrets } from "../pipeline/secrets.js";

/** A circuit that can be proven. */
export interface BuiltCircuit {
  /** Of its text, constraints, witnesses and keys. A model in segments has these in folders of their own. */
  readonly paths: ModelPaths;
  /** sha256 of its files. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly verificationKey: VerificationKey;
}

/** A finished build, ready for inference. */
export interface BuiltModel extends BuiltCircuit {
  readonly manifest: Manifest;
  /** Without its weights, where they are private and not here: good to commit to inputs and to read answers. */
  readonly program: Program;
  /** Circuits of several jobs, the smallest first. */
  readonly batches: readonly BuiltBatch[];
  /** The circuits that the model is cut into, the first to the last; none where one circuit proves it. */
  readonly segments: readonly BuiltSegment[];
  /** What a proof needs where weights are private. */
  readonly secrets?: WeightSecrets;
}

/** @throws Torch2CircomError where the model was not built, or a file is not the one that was built */
export async function loadModel(paths: ModelPaths): Promise<BuiltModel> {
  const manifest = await readManifest(paths.manifest);
  await requireBuilt(paths.program, manifest.hashes.program);
  const segments = await loadSegments(paths, manifest);
  if (segments.length === 0) await requireBuilt(paths.verificationKey, manifest.hashes.verificationKey);
  const program = parseProgram(await readFile(paths.program, "utf8"), paths.program);
  const commitment = manifest.weightCommitment;
  const whole =
    commitment === undefined ? undefined : await readSecrets(paths.secrets, program, BigInt(commitment));
  return {
    paths,
    manifest,
    hashes: manifest.hashes,
    program,
    ...whole,
    verificationKey: segments.at(0)?.verificationKey ?? (await readVerificationKey(paths.verificationKey)),
    batches: await loadBatches(paths, manifest),
    segments,
  };
}

/** A circuit of several jobs of a model. */
export interface BuiltBatch extends BuiltCircuit {
  readonly jobs: number;
}

/** One of the circuits that a model is cut into. */
export interface BuiltSegment extends BuiltCircuit {
  readonly form: SegmentForm;
}

async function loadSegments({ folder }: ModelPaths, { segments = [] }: Manifest): Promise<BuiltSegment[]> {
  return Promise.all(
    segments.map(async ({ hashes }, number) => {
      const paths = pathsIn(join(folder, segmentFolder(number)));
      const place = join(paths.folder, "segment.json");
      await requireBuilt(place, hashes.segment);
      await requireBuilt(paths.verificationKey, hashes.verificationKey);
      const form = parseSegment(await readFile(place, "utf8"), place);
      return { form, paths, hashes, verificationKey: await readVerificationKey(paths.verificationKey) };
    }),
  );
}

/**
 * @param what for which the model has to have one circuit
 * @throws Torch2CircomError where it is built in segments
 */
export function requireOneCircuit({ manifest, segments }: BuiltModel, what: string): void {
  if (segments.length === 0) return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `"${manifest.name}" is built in ${segments.length} segments, each with a circuit of its own: ${what} is of one circuit`,
    "Prove a segment with --segment, fulfill jobs with all of them, or build without --segments.",
  );
}

async function loadBatches({ folder }: ModelPaths, { batches = [] }: Manifest): Promise<BuiltBatch[]> {
  return Promise.all(
    batches.map(async ({ jobs, hashes }) => {
      const paths = pathsIn(join(folder, batchFolder(jobs)));
      await requireBuilt(paths.verificationKey, hashes.verificationKey);
      return { jobs, paths, hashes, verificationKey: await readVerificationKey(paths.verificationKey) };
    }),
  );
}

async function requireBuilt(path: string, hash: string | undefined): Promise<void> {
  if (hash !== undefined && (await hashFile(path).catch(() => undefined)) === hash) return;
  throw new Torch2CircomError(
    "BUILD_DAMAGED",
    `${path} is not the file that was built`,
    "Build the model again.",
  );
}
