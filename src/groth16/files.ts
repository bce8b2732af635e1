import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Proof, PublicSignals, VerificationKey } from "./types.js";

const number = z.string().regex(/^\d{1,78}$/, "not a decimal number");
const g1 = z.tuple([number, number, number]);
const pair = z.tuple([number, number]);
const g2 = z.tuple([pair, pair, pair]);
const system = { protocol: z.literal("groth16"), curve: z.literal("bn128") };

const proofFile = z.object({
  proof: z.object({ ...system, pi_a: g1, pi_b: g2, pi_c: g1 }),
  publicSignals: z.array(number),
  opening: z.object({ salt: number, words: z.array(number) }).optional(),
});

const verificationKey = z
  .object({
    ...system,
    nPublic: z.number().int().nonnegative(),
    vk_alpha_1: g1,
    vk_beta_2: g2,
    vk_gamma_2: g2,
    vk_delta_2: g2,
    IC: z.array(g1),
  })
  .refine(({ nPublic, IC }) => IC.length === nPublic + 1, "it has not one IC point more than public signals");

/**
 * Reads a proof and its public signals as `torch2circom:prove --json` prints them: `{ proof, publicSignals, … }`, and what
 * opens a commitment to the outputs.
 * Whether it is valid is for `verify` to say.
 *
 * @throws Torch2CircomError if the file is missing or holds something else.
 */
export function readProofFile(path: string): Promise<{
  proof: Proof;
  publicSignals: PublicSignals;
  opening?: { salt: string; words: string[] };
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
  schema: z.ZodType<Value, z.ZodTypeDef, unknown>,
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
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0];
  throw new Torch2CircomError(
    "FILE_DAMAGED",
    `${path} is not a ${what}: ${[place.join("."), message].filter(Boolean).join(": ")}`,
    remedy,
  );
}
