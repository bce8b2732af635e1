import type * as v from "valibot";
import type { Signer } from "ethers";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { jobIdOf } from "../binding.js";
import { randomSalt } from "../commitment.js";
import { contractsAt, type Contracts } from "../contracts.js";
import { inputCommitment, quantizeSample } from "../inputs.js";
import { verifyOffer } from "../offer.js";
import { requireOwnContracts } from "../ownContracts.js";
import { isLocalChain, requireSafeKey } from "../safeKey.js";
import type { Job } from "../terms.js";
import type { quoteForm } from "./forms.js";
import type { Purchase } from "./purchase.js";
import { serviceModel, type OfferedModel } from "./serviceModel.js";

/** Seconds. */
const WEEK = 604_800;

export interface OrderOptions {
  /** Where the service is. */
  readonly url: string;
  /** The registry's id of the model; or its name, if the service is trusted to say which model that is. */
  readonly model: string;
  /** Values of each input of the model, by name, the last axis first. */
  readonly input: Readonly<Record<string, ArrayLike<number>>>;
  /** What to pay in. @default the first of the model's prices */
  readonly token?: string;
  /** The most that an answer may cost, in the token's smallest units. @default what the model's price list says */
  readonly most?: bigint;
  /** Seconds for which the payment may be locked without an answer, at most. @default 604,800: a week */
  readonly longest?: number;
  /** Accept proofs under a key that one contributor alone has made, on a public chain. @default false */
  readonly allowSingleContributor?: boolean;
}

/** A job that can be paid for. */
export interface Order {
  /** What must not be lost: keep it before anything is paid. */
  readonly purchase: Purchase;
  readonly contracts: Contracts;
  readonly model: OfferedModel;
}

/** All that a quote is asked for with, and checked against. */
export type PreparedOrder = Awaited<ReturnType<typeof prepareOrder>>;

/** Commits to an input. See `orderInference` for what it throws. */
export async function prepareOrder(signer: Signer, options: OrderOptions) {
  const { url, input, allowSingleContributor } = options;
  const model = await serviceModel(url, options.model);
  const contracts = await contractsOf(model, signer);
  requireSafeKey({ isLocal: isLocalChain(model.chainId) }, model.manifest, allowSingleContributor);
  const price = priceOf(model, options.token);
  const integers = quantizeSample(model.manifest, input);
  const salt = randomSalt();
  const commitment = inputCommitment(model.manifest, integers, salt);
  const client = await signer.getAddress();
  const names = new Set(model.manifest.inputs.map(({ name }) => name));
  const inputs = Object.fromEntries(Array.from(names, (name) => [name, Array.from(input[name])]));
  const body = { client, token: price.token, inputs, salt: salt.toString() };
  const { most = price.amount, longest = WEEK } = options;
  const asked = {
    ...{ id: model.id, provider: model.provider, client, token: price.token },
    ...{ most, longest, commitment },
  };
  return { url, model, contracts, body, asked, input: { integers, salt, commitment } };
}

/** Checks every term of a quote. @throws Torch2CircomError for terms that were not asked for */
export async function checkQuote(
  { url, model, contracts, asked, input }: PreparedOrder,
  quote: Pick<v.InferOutput<typeof quoteForm>, "jobId" | "job" | "providerSignature" | "ticket"> & {
    readonly oneStep?: boolean;
  },
): Promise<Order> {
  const { jobId, job, providerSignature: offer, ticket, oneStep } = quote;
  const { timestamp } = (await contracts.escrow.runner!.provider!.getBlock("latest"))!;
  requireTerms(job, asked, BigInt(timestamp));
  if (jobId !== jobIdOf(job)) throw refused("the service's job has another id than its terms");
  if (!(await verifyOffer(contracts, job, offer))) throw refused("the provider did not sign the terms");
  const purchase = {
    ...{ jobId, model: model.name, chainId: model.chainId, escrow: model.escrow, job, offer, input },
    service: { url, ticket, oneStep },
  };
  return { purchase, contracts, model };
}

function priceOf({ name, prices }: OfferedModel, token?: string): OfferedModel["prices"][number] {
  const price = prices.find((one) => token === undefined || one.token.toLowerCase() === token.toLowerCase());
  if (price !== undefined) return price;
  throw refused(`"${name}" has no price in ${token ?? "any token"}`);
}

/** The escrow that the service names, if it is this package's and on the signer's chain. */
async function contractsOf(model: OfferedModel, signer: Signer): Promise<Contracts> {
  const chainId = (await signer.provider?.getNetwork())?.chainId;
  if (chainId !== model.chainId)
    throw refused(
      `the service is paid on chain ${model.chainId}, and the account is on ${chainId ?? "none"}`,
    );
  const contracts = await contractsAt(model, signer);
  await requireOwnContracts(contracts);
  return contracts;
}

/** What a client has asked for, and no other. @param now second of Unix time, by the chain */
function requireTerms(
  job: Job,
  asked: Readonly<Record<"id" | "client" | "provider" | "token", string>> & {
    readonly most: bigint;
    readonly longest: number;
    readonly commitment: bigint;
  },
  now: bigint,
): void {
  const wrong = [
    job.modelId !== asked.id && "another model",
    job.inputCommitment !== asked.commitment && "another input",
    job.client !== asked.client && "another client",
    job.provider !== asked.provider && "another provider",
    job.token.toLowerCase() !== asked.token.toLowerCase() && "another token",
    job.amount > asked.most && `a payment of ${job.amount}, and not of ${asked.most} at most`,
    job.fulfillBy - now > BigInt(Math.ceil(asked.longest)) &&
      `a lock of ${job.fulfillBy - now} seconds, and not of ${asked.longest} at most`,
    BigInt(job.callback) !== 0n && "a callback",
  ].find((term) => term !== false);
  if (wrong !== undefined) throw refused(`the service's terms have ${wrong}`);
}

function refused(problem: string): Torch2CircomError {
  return new Torch2CircomError("JOB_REFUSED", problem, "Nothing was paid. Ask the provider, or another one.");
}
