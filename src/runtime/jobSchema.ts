import { open } from "node:fs/promises";
import { isAddress } from "ethers";
import { is } from "valibot";
import { z } from "zod";
import { MODEL_NAME } from "../artifacts/names.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { FIELD_ORDER } from "../groth16/field.js";
import { proof as proofForm } from "../groth16/forms.js";
import type { Proof } from "../groth16/types.js";
import { PURPOSES, type JobRecord } from "./jobs.js";

/**
 * The form of a job's file. It comes from a stranger: every number has its type's bound, and text is looked at before it
 * becomes a number, since what a number costs grows with the square of its digits.
 */

/** Bytes of a job's file at most: an input of some million integers. */
export const MOST_BYTES = 2 ** 25;
/** Integers of an input at most; no circuit for more could be built. */
const MOST_INTEGERS = 2 ** 23;
/** Inputs of a model, and output words, at most. */
const MOST_INPUTS = 2 ** 10;
const MOST_WORDS = 2 ** 16;
/** Transactions of a job at most: bumps of the fee are some. */
const MOST_TRANSACTIONS = 2 ** 10;
/** Jobs of one proof at most. */
const MOST_JOBS = 2 ** 10;
/** Segments of a model at most. */
const MOST_SEGMENTS = 2 ** 8;
/** Bytes of a signature at most: smart accounts have long ones. */
const MOST_SIGNATURE = 2 ** 12;

/** 2^256 has 78 digits. */
const below = (bound: bigint, what: string) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,77})$/, "it is not a decimal number of at most 78 digits")
    .transform(BigInt)
    .refine((value) => value < bound, `it is not ${what}`);

const uint = (bits: number) => below(2n ** BigInt(bits), `a number of ${bits} bits`);
const fieldElement = below(FIELD_ORDER, "a field element");
const address = z
  .string()
  .refine((text) => /^0x[0-9a-fA-F]{40}$/.test(text) && isAddress(text), "it is not an address");
const word = z.string().regex(/^0x[0-9a-fA-F]{64}$/, "it is not 32 bytes in hexadecimal");

/** Looked at in one pass: a schema per integer would take seconds. */
const integers = z.custom<readonly (readonly number[])[]>((value) => {
  if (!Array.isArray(value) || value.length > MOST_INPUTS) return false;
  let count = 0;
  return value.every((one: unknown) => {
    if (!Array.isArray(one) || (count += one.length) > MOST_INTEGERS) return false;
    return one.every((integer) => Number.isSafeInteger(integer));
  });
}, "they are not the integers of an input");

/** The terms of a job, with numbers as text. */
export const termsSchema = z
  .object({
    modelId: word,
    inputCommitment: fieldElement,
    client: address,
    provider: address,
    token: address,
    amount: uint(256),
    bond: uint(256),
    fundBy: uint(64),
    fulfillBy: uint(64),
    callback: address,
    callbackGas: uint(32),
    salt: word,
  })
  .strict();

const transaction = z
  .object({
    purpose: z.enum(PURPOSES),
    from: address,
    to: address,
    nonce: z.number().int().nonnegative(),
    hash: word.optional(),
    block: z.number().int().nonnegative(),
  })
  .strict();

const words = z.array(fieldElement).max(MOST_WORDS, "it has too many words");

const proof = z.custom<Proof>((value) => is(proofForm, value), "it is not a proof");

/** What a proof of many jobs is about. */
const batch = z
  .object({
    jobs: z.number().int().min(2).max(MOST_JOBS),
    commitment: fieldElement,
    jobIds: z.array(word).min(1).max(MOST_JOBS),
  })
  .strict();

/** Proofs of segments, as far as they are made. */
const pipeline = z
  .object({
    payee: address,
    salts: z.array(fieldElement).min(1).max(MOST_SEGMENTS),
    shown: words,
    edges: z.array(fieldElement).min(1).max(MOST_SEGMENTS),
    proofs: z.array(proof.nullable()).min(2).max(MOST_SEGMENTS),
  })
  .strict();

/** A job as its file has it. */
export const jobSchema = z
  .object({
    jobId: word,
    model: z.string().regex(MODEL_NAME, "it cannot be the name of a model"),
    chainId: uint(64),
    escrow: address,
    job: termsSchema,
    input: z.object({ integers, salt: fieldElement, commitment: fieldElement.optional() }).strict(),
    answer: words.optional(),
    transactions: z.array(transaction).max(MOST_TRANSACTIONS, "they are too many").optional(),
    proven: z.object({ payee: address, proof, shown: words, batch: batch.optional() }).strict().optional(),
    pipeline: pipeline.optional(),
    /** The provider's signature of the job's digest. */
    offer: z
      .string()
      .max(2 + 2 * MOST_SIGNATURE, "it is too long")
      .regex(/^0x([0-9a-fA-F]{2})+$/, "it is not a signature")
      .optional(),
    /** Where it was ordered. */
    service: z
      .object({
        url: z.string().max(2000),
        ticket: z.string().regex(/^[0-9a-f]{64}$/),
        oneStep: z.boolean().optional(),
      })
      .strict()
      .optional(),
  })
  .strict();

/** @throws Torch2CircomError where the file does not hold a job */
export async function readJob(path: string): Promise<JobRecord> {
  try {
    return jobSchema.parse(JSON.parse(await readJobText(path)));
  } catch (error) {
    throw new Torch2CircomError(
      "JOB_DAMAGED",
      `${path} does not hold a job: ${jobProblem(error)}`,
      "Ask the client for the file again.",
      error as Error,
    );
  }
}

/** @throws Error where it is larger than a job's file can be */
async function readJobText(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    // A file that grows, or that has no size, is read no further.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What is wrong with a job's file, in words. */
function jobProblem(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message.slice(0, 200);
  const { path, message } = error.issues[0];
  return `${path.join(".").slice(0, 100) || "it"}: ${message.slice(0, 200)}`;
}
