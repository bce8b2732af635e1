import { INPUT_MODES, SHOWN_OUTPUTS } from "../program/modes.js";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { canonicalJson, hashFile, hashOf } from "./hash.js";
import { writeWhole } from "./writeFile.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

/** Integers packed into words: `perWord` of `width` bits each, `offset` subtracted first. */
const packing = z
  .object({ count, width: count, offset: z.number().int(), perWord: count, words: count })
  .strict();

const input = z
  .object({
    name: z.string(),
    /** Name of the circuit's input signal. */
    signal: z.string(),
    shape: z.array(count),
    /** Which elements of the model's input these are; all of them if it is not there. */
    elements: z.array(z.number().int().nonnegative()).optional(),
    /** q = floor((x - offset) / scale + 1/2); one scale and one offset per element, or one for all. */
    scale: z.array(z.number()),
    offset: z.array(z.number()).default([0]),
    packing,
  })
  .strict();

const output = z
  .object({
    name: z.string(),
    shape: z.array(count),
    kind: z.enum(["values", "argmax"]),
    /** value = q * scale + offset. */
    scale: z.array(z.number()),
    offset: z.array(z.number()),
    packing,
  })
  .strict();

/** What a setup consisted of: with the circuit, enough for anybody to check the key. */
const ceremony = z
  .object({
    /** sha256 of the `.r1cs`. */
    circuitHash: sha256,
    /** sha256 of the powers-of-tau file; null in a development setup. */
    ptauHash: sha256.nullable(),
    /** snarkjs's hash (blake2b, 64 bytes) of each contribution to phase 2, first to last. */
    contributionHashes: z.array(z.string().regex(/^[0-9a-f]{128}$/)),
    beacon: z.string().nullable(),
    /** Versions of what made circuit and key. */
    tools: z.record(z.string()),
  })
  .strict();

const manifestSchema = z
  .object({
    format: z.literal("torch2circom-manifest-1"),
    name: z.string(),
    /** With private weights, their commitment stands for the hash: a model could be guessed by its file's. */
    model: z.object({ file: z.string(), format: z.enum(["pt2", "onnx"]), sha256 }).strict(),
    inputMode: z.enum(INPUT_MODES),
    outputMode: z.enum(SHOWN_OUTPUTS),
    /** The model's domain tag in every input commitment, a number below 2^248 in decimal. */
    domain: z.string().regex(/^\d+$/),
    /** Of a model with private weights: the public signal that names them, in decimal. */
    weightCommitment: z.string().regex(/^\d+$/).optional(),
    inputs: z.array(input),
    outputs: z.array(output),
    constraints: z.object({ nonlinear: count, linear: count, wires: count }).strict(),
    /** Null if no sample was measured. A score is null without labels. */
    accuracy: z
      .object({
        samples: count,
        floatScore: z.number().nullable(),
        integerScore: z.number().nullable(),
        agreement: z.number(),
      })
      .strict()
      .nullable(),
    /** Who could forge proofs; see `SetupKind`. */
    setup: z.enum(["development", "single-contributor"]),
    ceremony,
    setupHash: sha256,
    /** Files of the build by what they are, relative to its folder; and their sha256. */
    files: z.record(z.string()),
    hashes: z.record(sha256),
  })
  .strict();

export type Manifest = z.infer<typeof manifestSchema>;

/** What binds a registered key to its setup: sha256 of the canonical JSON of the setup's kind and ceremony. */
export function setupHash({ setup, ceremony }: Pick<Manifest, "setup" | "ceremony">): string {
  return hashOf(canonicalJson({ setup, ceremony }));
}

/** Hashes the files of a build, by what they are. @param files relative to `folder`. */
export async function hashFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [what, file] of Object.entries(files)) hashes[what] = await hashFile(join(folder, file));
  return hashes;
}

/** Writes the manifest: the last file of a build, which makes it one. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeWhole(path, `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`);
}

/**
 * Reads a manifest and checks its form and its setup hash.
 *
 * @throws Torch2CircomError if the model was not built, or the file is damaged or of another version.
 */
export async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new Torch2CircomError(
      "BUILD_NOT_FOUND",
      `There is no build here: ${path} cannot be read`,
      "Build the model first (torch2circom:build), or check its name.",
      cause,
    );
  });
  const damaged = (why: string, cause?: Error): Torch2CircomError =>
    new Torch2CircomError(
      "BUILD_DAMAGED",
      `The manifest ${path} is damaged: ${why}`,
      "Build the model again.",
      cause,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged("it is not JSON", error as Error);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(`${issue.path.join(".") || "it"}: ${issue.message}`);
  }
  if (parsed.data.setupHash !== setupHash(parsed.data))
    throw damaged("its setup hash is not that of its setup");
  const { model, weightCommitment } = parsed.data;
  // The registry knows the model's hash: so it pins the weights.
  if (weightCommitment !== undefined && BigInt(weightCommitment) !== BigInt(`0x${model.sha256}`))
    throw damaged("its model is not named by the commitment to its weights");
  return parsed.data;
}
