// Not zod: pages of browsers carry this.
import * as v from "valibot";
import { getAddress, isAddress } from "ethers";
import { proof, verificationKey } from "../../groth16/forms.js";

/** What a service answers, as far as clients read it. */

const word = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{64}$/, "it is not a word of 32 bytes"));
const decimal = v.pipe(
  v.string(),
  v.regex(/^\d{1,78}$/, "it is not a decimal number"),
  v.transform((text) => BigInt(text)),
);
const address = v.pipe(v.string(), v.check(isAddress, "it is not an address"), v.transform(getAddress));

export const modelForm = v.object({
  id: word,
  name: v.string(),
  prices: v.array(v.object({ token: address, amount: decimal })),
  chainId: decimal,
  escrow: address,
  registry: address,
  provider: address,
  manifest: v.unknown(),
  verificationKey,
  batches: v.array(v.object({ jobs: v.pipe(v.number(), v.safeInteger()), key: verificationKey })),
  segments: v.array(verificationKey),
});

const job = v.object({
  modelId: word,
  inputCommitment: decimal,
  client: address,
  provider: address,
  token: address,
  amount: decimal,
  bond: decimal,
  fundBy: decimal,
  fulfillBy: decimal,
  callback: address,
  callbackGas: decimal,
  salt: word,
});

export const quoteForm = v.object({
  jobId: word,
  job,
  providerSignature: v.pipe(v.string(), v.regex(/^0x(?:[0-9a-fA-F]{2}){1,4096}$/, "it is not a signature")),
  ticket: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "it is not a ticket")),
  oneStep: v.boolean(),
});

/** What x402 asks for in our scheme. */
export const x402Form = v.object({
  scheme: v.string(),
  network: v.string(),
  amount: decimal,
  asset: address,
  payTo: address,
  extra: v.pick(quoteForm, ["job", "providerSignature", "ticket"]),
});

/** How far a job is, in a word: it is shown as it is. */
const state = v.pipe(v.string(), v.regex(/^[a-z]{1,20}$/, "it is not the state of a job"));

export const jobForm = v.object({
  state,
  reason: v.optional(v.string()),
  transaction: v.optional(word),
  answer: v.optional(
    v.object({
      proof,
      pipeline: v.optional(v.object({ proofs: v.array(proof), edges: v.array(decimal) })),
      publicSignals: v.array(v.pipe(v.string(), v.regex(/^\d{1,78}$/))),
      words: v.array(decimal),
    }),
  ),
});

export const deliveredForm = v.object({ ticket: quoteForm.entries.ticket });

export type ServiceModel = v.InferOutput<typeof modelForm>;
export type ServiceJob = v.InferOutput<typeof jobForm>;
export type ServiceAnswer = NonNullable<ServiceJob["answer"]>;
