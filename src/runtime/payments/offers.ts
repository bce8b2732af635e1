import { getAddress, ZeroAddress } from "ethers";
import { approveToken } from "../../client/allowance.js";
import type { Contracts } from "../../client/contracts.js";
import { explainRefusal } from "../../client/errors.js";
import { jobState } from "../../client/jobState.js";
import { signOffer, verifyOffer } from "../../client/offer.js";
import { requireOwnContracts } from "../../client/ownContracts.js";
import { transact } from "../../client/send.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { outputWords } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { JobRecord } from "../jobs.js";
import { describeAmount } from "./amount.js";
import type { Chain } from "./chain.js";
import { checkJob } from "./checkJob.js";
import { requireSafeKey } from "../../client/safeKey.js";
import { requireWorthwhile } from "./guards/worthwhile.js";
import { requireChain } from "./requireJob.js";

const refuse = ({ jobId }: JobRecord, problem: string, remedy: string) =>
  new Torch2CircomError("JOB_REFUSED", `Job ${jobId}: ${problem}`, remedy);

/**
 * The provider accepts a job that the client has drafted, once it knows that it can prove it: the model is here, the input is
 * the committed one and of the model's domain, and the deadline can be met.
 *
 * @param deposit whether to put what is missing of the bond into the escrow
 * @returns the provider's signature, for the client
 */
export async function accept(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  record: JobRecord,
  { deposit = false, anyway }: { readonly deposit?: boolean; readonly anyway?: boolean },
): Promise<string> {
  requireChain(record, chain);
  await checkJob(contracts, model, record);
  const { job } = record;
  await requireUnfunded(contracts, record, "Only a job that is not funded can be accepted.");
  if (job.provider === ZeroAddress)
    throw refuse(record, "it is open to anyone", "Ask the client to name this account (--provider).");
  await requireWorthwhile(chain, model, record, { anyway: anyway });
  await requireOpenFunding(chain, record);
  // All of the answer, without the proof: what cannot be proved fails here.
  outputWords(model, record.input);
  await requireBond(chain, contracts, record, deposit);
  return signOffer(contracts, chain.signer, job);
}

/** The bond comes from the provider's balance in the escrow, when the client funds the job. */
async function requireBond(
  { signer }: Chain,
  { escrow }: Contracts,
  record: JobRecord,
  deposit: boolean,
): Promise<void> {
  const { token, bond } = record.job;
  const missing =
    bond - (await explainRefusal(async () => escrow.balanceOf(await signer.getAddress(), token)));
  if (missing <= 0n) return;
  if (!deposit)
    throw refuse(
      record,
      `its bond is ${await describeAmount(signer, bond, token)}, and the account's balance in the escrow lacks ${await describeAmount(signer, missing, token)}`,
      "Say --deposit to put it there.",
    );
  if (token !== ZeroAddress) await approveToken(signer, token, await escrow.getAddress(), missing);
  const value = token === ZeroAddress ? missing : 0n;
  await transact(signer, await escrow.deposit.populateTransaction(token, missing, { value }));
}

/**
 * Checks that a drafted job, which its provider has accepted, can be funded.
 *
 * @param drafted the job as it was drafted here: its terms count, and of the offer the signature alone
 * @param offered the provider's file
 */
export async function checkOffer(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  drafted: JobRecord,
  offered: JobRecord,
  allowSingleContributor?: boolean,
): Promise<void> {
  requireChain(drafted, chain);
  requireSafeKey(chain, model.manifest, allowSingleContributor);
  await requireOwnContracts(contracts);
  const { job } = drafted;
  if (getAddress(drafted.escrow) !== (await contracts.escrow.getAddress()))
    throw refuse(drafted, `it is of the escrow at ${drafted.escrow}`, "Draft it again for this one.");
  if (getAddress(job.client) !== (await chain.signer.getAddress()))
    throw refuse(drafted, `its client is ${job.client}`, "Choose the client's account (--account).");
  await requireUnfunded(contracts, drafted, "Draft another job.");
  await requireOpenFunding(chain, drafted);
  if (offered.offer === undefined || !(await verifyOffer(contracts, job, offered.offer)))
    throw refuse(
      drafted,
      `its provider ${job.provider} has not signed it`,
      "Ask the provider to accept it (torch2circom:accept), and to give that file back.",
    );
}

async function requireUnfunded(contracts: Contracts, record: JobRecord, remedy: string): Promise<void> {
  const { status } = await jobState(contracts, record.jobId, { fulfillBy: record.job.fulfillBy });
  if (status !== "none") throw refuse(record, `it is ${status}`, remedy);
}

async function requireOpenFunding({ signer }: Chain, record: JobRecord): Promise<void> {
  const block = await explainRefusal(() => signer.provider!.getBlock("latest"));
  if (BigInt(block?.timestamp ?? 0) <= record.job.fundBy) return;
  throw refuse(
    record,
    "the time to fund it is over",
    "The client drafts another job (torch2circom:request --draft).",
  );
}
