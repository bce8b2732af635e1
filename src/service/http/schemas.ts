import { isAddress } from "ethers";
import { z } from "zod/v4";
import { FIELD_ORDER } from "../../groth16/field.js";
import { MODEL_NAME } from "../../artifacts/names.js";
import { JOB_STATES } from "../jobs/row.js";

/**
 * What the service is asked and what it answers: requests are validated by these schemas, and the OpenAPI document is made of
 * them. Numbers that JSON's readers round are decimal text.
 */

/** Elements of an input at most, as in the file of a job. */
const MOST_ELEMENTS = 2 ** 23;
/** Inputs of a model at most. */
const MOST_INPUTS = 2 ** 10;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, { abort: true })
  .refine((text) => isAddress(text), "it is not an address: its checksum is wrong");
export const addressOut = z.string().describe("0x and 40 hex digits");
export const word = z.string().regex(/^0x[0-9a-f]{64}$/);
/** What is refused by its form is looked at no further: text of any length could be made a number. */
export const decimal = z.string().regex(/^\d{1,78}$/, { abort: true });

/** Of a model: the registry's id, or the build's name. */
export const modelParameters = z.strictObject({
  id: z.union([word, z.string().regex(MODEL_NAME)]).describe("the registry's id of the model, or its name"),
});

const inputs = z
  .record(z.string().max(200), z.array(z.number()).max(MOST_ELEMENTS))
  .describe("real values of each input of the model, the last axis first");
const salt = decimal.refine((text) => BigInt(text) < FIELD_ORDER, "it is not a field element");

export const quoteBody = z
  .strictObject({
    client: address.describe("who pays, and is refunded"),
    token: address.optional().describe("what it pays in; the first of the price list if it is not there"),
    inputs,
    salt: salt
      .optional()
      .describe(
        "the client's secret, at least 128 random bits, never used before; the service makes one if it is not there",
      ),
  })
  .meta({ id: "QuoteRequest" });

/** What a quote for one array in NumPy's format takes beside it. */
export const quoteQuery = z.strictObject({
  client: z.string().optional().describe("of an .npy body: who pays, and is refunded"),
  token: z.string().optional().describe("of an .npy body: what it pays in"),
  salt: z
    .string()
    .optional()
    .describe("of an .npy body: a secret that logs of proxies may keep; better left out"),
});

const price = z.object({
  token: addressOut.describe("address of the ERC-20 token; 0 for the native token"),
  amount: decimal.describe("in the smallest units"),
  decimals: z.number().optional(),
  symbol: z.string().optional(),
});

const tensor = z.object({ name: z.string(), shape: z.array(z.number()) });

export const modelOut = z
  .object({
    id: word,
    name: z.string(),
    prices: z.array(price),
    seconds: z
      .number()
      .nullable()
      .describe(
        "until an answer that is paid for now is proven, as the service expects; null without a prover",
      ),
    setup: z.enum(["development", "single-contributor", "ceremony"]).describe("who could forge a proof"),
    inputs: z.array(tensor),
    outputs: z.array(tensor.extend({ kind: z.enum(["values", "argmax"]) })),
    inputMode: z.string(),
    outputMode: z.string(),
    bundle: z
      .object({ path: z.string(), sha256: z.string(), bytes: z.number() })
      .nullable()
      .describe("what an audit needs, for npx torch2circom audit; null where it is not published"),
    chainId: decimal,
    escrow: addressOut,
    registry: addressOut,
    provider: addressOut,
  })
  .meta({ id: "Model" });

export const modelsOut = z.object({ models: z.array(modelOut) });

export const modelDetailOut = modelOut
  .extend({
    manifest: z.unknown().describe("of the build: scales, domains and hashes"),
    verificationKey: z.unknown().describe("Groth16, as snarkjs writes it"),
    batches: z
      .array(z.object({ jobs: z.number(), key: z.unknown() }))
      .describe("the keys for several jobs in one proof: the model's id is made of all keys"),
    segments: z
      .array(z.unknown())
      .describe("the keys of a model in segments, the first to the last; none where one circuit proves it"),
  })
  .meta({ id: "ModelDetail" });

export const jobTerms = z
  .object({
    modelId: word,
    inputCommitment: decimal,
    client: addressOut,
    provider: addressOut,
    token: addressOut,
    amount: decimal,
    bond: decimal,
    fundBy: decimal,
    fulfillBy: decimal,
    callback: addressOut,
    callbackGas: decimal,
    salt: word,
  })
  .meta({ id: "Job" });

export const quoteOut = z
  .object({
    jobId: word,
    chainId: decimal,
    escrow: addressOut,
    job: jobTerms,
    providerSignature: z.string().describe("EIP-712, of the job in the escrow's domain"),
    salt: decimal.describe("of the input's commitment: keep it"),
    ticket: z.string().describe("what shows the job to its client alone: Authorization: Bearer …"),
    oneStep: z
      .boolean()
      .describe(
        "whether the job may be paid when it is proven, by a signature of its settlement: nothing is locked",
      ),
    expires: z.iso.datetime().describe("last second in which the job can be funded"),
  })
  .meta({ id: "Quote" });

/** Of a job: the escrow's id. */
export const jobParameters = z.strictObject({ id: word.describe("the escrow's id of the job") });

export const paymentBody = z
  .strictObject({
    of: z
      .enum(["request", "settlement"])
      .default("request")
      .describe("what is signed: the job's funding now, or its settlement when it is proven"),
    validAfter: decimal,
    validBefore: decimal,
    signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/, "it is not 65 bytes in hexadecimal"),
  })
  .describe(
    "EIP-3009: ReceiveWithAuthorization of the job's amount to the escrow, with the job's or the settlement's digest as nonce",
  )
  .meta({ id: "Payment" });

export const jobOut = z
  .object({
    jobId: word,
    state: z.enum(JOB_STATES),
    reason: z.string().optional().describe("why it ended otherwise than by its answer"),
    transaction: word.optional().describe("that settled it"),
    answer: z
      .object({
        proof: z.unknown().describe("Groth16, as snarkjs writes it; of a model in segments, the first one's"),
        pipeline: z
          .object({ proofs: z.array(z.unknown()), edges: z.array(decimal) })
          .optional()
          .describe("of a model in segments: all proofs, and the commitments to what crosses between them"),
        publicSignals: z.array(decimal),
        words: z.array(decimal).describe("the packed outputs, which open a commitment with the salt"),
      })
      .optional(),
  })
  .meta({ id: "JobState" });

/** The input of a job that was funded without a quote. */
export const inputBody = z
  .strictObject({
    inputs: inputs.optional(),
    integers: z
      .array(z.array(z.int()).max(MOST_ELEMENTS))
      .max(MOST_INPUTS)
      .optional()
      .describe(
        "instead of inputs: the model's integers, in the order of its inputs, as a job's file has them",
      ),
    salt: salt.describe("of the input's commitment"),
  })
  .refine(({ inputs, integers }) => (inputs === undefined) !== (integers === undefined), {
    message: "give either inputs or integers",
  })
  .meta({ id: "Input" });

export const deliveredOut = jobOut
  .extend({ ticket: z.string().describe("what shows the job: Authorization: Bearer …") })
  .meta({ id: "Delivered" });
/** Of a request for events: HTTP's other headers stay as they are. */
export const eventHeaders = z.looseObject({
  "last-event-id": z
    .string()
    .regex(/^\d{1,9}$/, "it is not the id of an event")
    .optional()
    .describe("the last event that is known: those after it are sent"),
});

export const jobEventOut = z
  .object({
    jobId: word,
    state: z.enum(JOB_STATES),
    at: z.iso.datetime().describe("when the job came to it"),
    reason: z.string().optional().describe("why it ended otherwise than by its answer"),
    hasAnswer: z.boolean().describe("whether GET /jobs/{id} shows the answer by now"),
  })
  .describe("the data of an event, in JSON")
  .meta({ id: "JobEvent" });

export const noneOut = z.null().describe("the job is over, and nothing follows");

/** Of a request that pays: HTTP's other headers stay as they are. */
export const payingHeaders = z.looseObject({
  "payment-signature": z
    .string()
    .max(12_000)
    .optional()
    .describe(
      "x402, version 2: base64 of JSON with x402Version, accepted and payload: { jobId, client, authorization }",
    ),
});

export const healthOut = z.object({ status: z.literal("ok") });

export const problemOut = z
  .object({
    status: z.number(),
    title: z.string(),
    detail: z.string(),
    code: z.string(),
    remedy: z.string(),
  })
  .meta({ id: "Problem" });

export type QuoteBody = z.output<typeof quoteBody>;
export type InputBody = z.output<typeof inputBody>;
export type ModelOut = z.input<typeof modelOut>;
export type JobOut = z.input<typeof jobOut>;
export type JobEventOut = z.input<typeof jobEventOut>;
export type QuoteOut = z.input<typeof quoteOut>;
