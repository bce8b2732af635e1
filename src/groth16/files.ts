import { readFile } from "node:fs/promises";
import { safeParse, type GenericSchema } from "valibot";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { proofFile, verificationKey } from "./forms.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";

/**
 * Reads a proof and its public signals as `torch2circom:prove --json` prints them: `{ proof, publicSignals, … }`, and what
 * opens outputs that are committed to or encrypted.
 * Whether it is valid is for `verify` to say.
 *
 * @throws Torch2CircomError if the file is missing or holds something else.
 */
export function readProofFile(path: string): Promise<{
  proof: Proof;
  /** Of a model in segments. */
  pipeline?: { proofs: Proof[]; edges: string[] };
  publicSignals: PublicSignals;
  opening?: { salt: string; words?: string[] };
}> {
  return readJson(
    path,
    proofFile,
    "proof with its public signals",
    "Give the output of torch2circom:prove --json.",
  );
}

/** Reads `verification_key.json`. @throws Torch2CircomError if the file is missing or holds something else. */
export function readVerificationKey(path: string): Promise<VerificationKey> {
  return readJson(
    path,
    verificationKey,
    "Groth16 verification key",
    "Build the model first (torch2circom:build).",
  );
}

async function readJson<Value>(
  path: string,
  schema: GenericSchema<unknown, Value>,
  what: string,
  remedy: string,
): Promise<Value> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new Torch2CircomError("FILE_NOT_READABLE", `${path} cannot be read`, remedy, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_DAMAGED",
      `${path} is not JSON, let alone a ${what}`,
      remedy,
      error as Error,
    );
  }
  const parsed = safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new Torch2CircomError(
    "FILE_DAMAGED",
    `${path} is not a ${what}: ${describeIssue(parsed.issues[0])}`,
    remedy,
  );
}
