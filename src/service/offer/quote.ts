import { hexlify, randomBytes, ZeroAddress } from "ethers";
import { jobIdOf } from "../../client/binding.js";
import { randomSalt } from "../../client/commitment.js";
import { inputCommitment, quantizeSample } from "../../client/inputs.js";
import { signOffer } from "../../client/offer.js";
import type { Job } from "../../client/terms.js";
import { HttpError } from "../../errors/httpError.js";
import type { JobRecord } from "../../runtime/jobs.js";
import type { Price } from "./prices.js";
import type { OfferedModel, Shop } from "./shop.js";

/** What a client asks to be answered. */
export interface QuoteRequest {
  /** Who pays, and is refunded. */
  readonly client: string;
  /** What it pays in. @default the first of the price list */
  readonly token?: string;
  /** Real values of each input of the model, by name, the last axis first. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** The client's secret. @default one that the service makes, and tells */
  readonly salt?: bigint;
}

/** Terms that the provider has signed: it proves the answer if they are funded until `job.fundBy`. */
export type Quote = JobRecord & { readonly offer: string };

/** Seconds in which a quote can be funded, before its answer is proven. */
const FUND_SECONDS = 600n;

/** Seconds that the provider has at least, beside what proofs take: for a restart, a reorganization, a jump of gas. */
const SPARE_SECONDS = 1800n;

/**
 * What a client pays.
 *
 * @param token address @default the first of the price list
 * @throws HttpError 400 for a token that has no price
 */
export function priceIn({ prices }: OfferedModel, token?: string): Price {
  const price = token === undefined ? prices[0] : prices.find((one) => one.token === token);
  if (price !== undefined) return price;
  throw new HttpError(400, "This model has no price in that token", "See the prices of the model.");
}

/**
 * Commits to a client's input and signs the terms of a job for it. Nothing is written down.
 *
 * @param promised seconds until a job that is funded now would be proven
 * @throws Torch2CircomError for an input outside the model's domain, before any money moves
 */
export async function makeQuote(
  { chain, contracts, escrow, provider }: Shop,
  offered: OfferedModel,
  { client, token, inputs, salt = randomSalt() }: QuoteRequest,
  promised: number,
): Promise<Quote> {
  const price = priceIn(offered, token);
  const {
    id,
    oneStep,
    model: { manifest },
  } = offered;
  const integers = quantizeSample(manifest, inputs);
  const commitment = inputCommitment(manifest, integers, salt);
  const now = BigInt((await chain.signer.provider!.getBlock("latest"))!.timestamp);
  const proving = BigInt(Math.ceil(promised)) + SPARE_SECONDS;
  // In one step, it is funded when it is proven.
  const fundBy = now + (oneStep ? FUND_SECONDS + proving : FUND_SECONDS);
  const job: Job = {
    modelId: id,
    inputCommitment: commitment,
    client,
    provider,
    token: price.token,
    amount: price.amount,
    bond: 0n,
    fundBy,
    fulfillBy: fundBy + proving,
    callback: ZeroAddress,
    callbackGas: 0n,
    salt: hexlify(randomBytes(32)),
  };
  return {
    jobId: jobIdOf(job),
    model: manifest.name,
    chainId: chain.id,
    escrow,
    job,
    input: { integers, salt, commitment },
    offer: await signOffer(contracts, chain.signer, job),
  };
}
