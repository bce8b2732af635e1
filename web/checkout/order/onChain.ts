import { Contract, type Signer } from "ethers";
import { inferenceEscrowAbi } from "../../../types/abi.js";
import { contractsAt, type Contracts } from "../../../src/client/contracts.js";
import { balanceOf } from "../../../src/client/balance.js";
import { refundJob, withdrawBalance } from "../../../src/client/escrow.js";
import { jobState, type JobState } from "../../../src/client/jobState.js";
import { requireOwnContracts } from "../../../src/client/ownContracts.js";
import { verifyOffer } from "../../../src/client/offer.js";
import type { Purchase } from "../../../src/client/service/purchase.js";
import type { OfferedModel } from "../../../src/client/service/serviceModel.js";
import { readAnswer, type ReadAnswer } from "../../parts/readAnswer.js";

/** What the chain says of a purchase, read through the buyer's wallet. */
export interface OnChain extends JobState {
  /** Second of Unix time of the latest block. */
  readonly now: bigint;
  /** Whether the registry has the model's key. */
  readonly isRegistered: boolean;
  /** Whether the terms are those that the provider has signed; undefined for a job without an offer. */
  readonly isOffered?: boolean;
  /** What the client has in the escrow, in the job's token. */
  readonly balance: bigint;
}

/** The escrow of a purchase and its registry, of this package's code. @throws for others */
export async function contractsOf(signer: Signer, { escrow }: Purchase): Promise<Contracts> {
  const registry = (await new Contract(escrow, inferenceEscrowAbi, signer).getFunction(
    "registry",
  )()) as string;
  const contracts = await contractsAt({ registry, escrow }, signer);
  await requireOwnContracts(contracts);
  return contracts;
}

export async function lookUp(contracts: Contracts, { jobId, job, offer }: Purchase): Promise<OnChain> {
  const [state, block, signals, isOffered, balance] = await Promise.all([
    jobState(contracts, jobId, { fulfillBy: job.fulfillBy }),
    contracts.escrow.runner!.provider!.getBlock("latest"),
    contracts.registry.signalCount(job.modelId),
    offer === undefined ? undefined : verifyOffer(contracts, job, offer),
    balanceOf(contracts, job.client, job.token),
  ]);
  return { ...state, now: BigInt(block!.timestamp), isRegistered: signals > 0n, isOffered, balance };
}

/** Whether the payment waits in the escrow, and may be taken back. */
export function isRefundable({ status, now }: OnChain, { job }: Purchase): boolean {
  return status === "funded" && now > job.fulfillBy;
}

/** Takes the payment back to the client's account. It goes on where it was. */
export async function takeBack(contracts: Contracts, signer: Signer, purchase: Purchase): Promise<void> {
  const { job } = purchase;
  const { status } = await lookUp(contracts, purchase);
  if (status === "funded") await refundJob(contracts, signer, job);
  // The escrow has it for the client now.
  if ((await balanceOf(contracts, job.client, job.token)) > 0n)
    await withdrawBalance(contracts, signer, job.token);
}

/**
 * The answer that the escrow has paid for, or why it cannot be read; undefined where only a commitment to it is on the chain, or
 * nothing yet.
 */
export function answerOnChain(
  { manifest }: Pick<OfferedModel, "manifest">,
  { outputWords }: Pick<OnChain, "outputWords">,
  { input }: Pick<Purchase, "input">,
): ReadAnswer | string | undefined {
  if (outputWords === undefined || manifest.outputMode === "committed") return undefined;
  return readAnswer(manifest, outputWords, input.salt);
}
