import { ZeroAddress } from "ethers";
import { checkedAddress, parseAmount } from "./amount.js";
import { requireSafeKey } from "../../client/safeKey.js";
import { modelIdOfBuild } from "./modelId.js";
import { jobIdOf } from "../../client/binding.js";
import { fundJob } from "../../client/escrow.js";
import { requestedJob } from "../../client/jobState.js";
import { requireOwnContracts } from "../../client/ownContracts.js";
import { jobTerms } from "../../client/terms.js";
import type { Contracts } from "../../client/contracts.js";
import type { Receipt } from "../../client/send.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { commitInput } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Chain } from "./chain.js";
import type { JobRecord } from "../jobs.js";
import { readSample } from "../models/sample.js";
import type { RequestOptions, WithSamples } from "../types.js";
import type { Journal } from "./journal.js";
import { carryOut, receiptOf, type SendingOptions } from "./sending.js";

/** The word for a job that anybody can fulfill, where the configuration names a provider. */
const ANYONE = "anyone";

/** Commits to a sample, and makes the terms of a job for it. Nothing is sent. */
export async function draft(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  options: WithSamples<RequestOptions>,
): Promise<JobRecord> {
  requireSafeKey(chain, model.manifest, options.allowSingleContributor);
  await requireOwnContracts(contracts);
  const input = commitInput(model, await readSample(model, options.samples, options.index ?? 0));
  if (input.commitment === undefined) {
    throw new Torch2CircomError(
      "INPUT_MODE_UNSUPPORTED",
      `"${model.manifest.name}" shows its inputs, and the escrow pays for committed ones`,
      "Build with --input committed.",
    );
  }
  const token = options.token === undefined ? ZeroAddress : checkedAddress(options.token, "token");
  const { provider = ANYONE, bond } = options;
  if (bond !== undefined && provider === ANYONE) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "A bond has nobody to put it up",
      "Name the provider (--provider).",
    );
  }
  const job = await jobTerms(chain.signer, {
    modelId: modelIdOfBuild(model),
    inputCommitment: input.commitment,
    amount: await parseAmount(chain, options.amount, token),
    token,
    provider: provider === ANYONE ? ZeroAddress : checkedAddress(provider, "provider"),
    seconds: options.seconds,
    bond: bond === undefined ? 0n : await parseAmount(chain, bond, token),
  });
  const escrow = await contracts.escrow.getAddress();
  return { jobId: jobIdOf(job), model: model.manifest.name, chainId: chain.id, escrow, job, input };
}

/** @throws Torch2CircomError for a job that cannot be funded without its provider's signature */
export function requireNoBond({ job }: JobRecord): void {
  if (job.bond === 0n) return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    "A job with a bond needs its provider's signature",
    "Draft it (--draft), give the file to the provider, who accepts it, and fund it with the file that comes back (--offer).",
  );
}

/** Locks the payment of a job whose terms are on the disk. */
export function fund(
  chain: Chain,
  contracts: Contracts,
  journal: Journal,
  options: SendingOptions,
): Promise<Receipt> {
  const { jobId, job, offer } = journal.record;
  return carryOut(
    chain,
    journal,
    {
      purpose: "request",
      send: (sending) => fundJob(contracts, chain.signer, job, { ...sending, providerSignature: offer }),
      done: async () => {
        const requested = await requestedJob(contracts, jobId);
        return requested && receiptOf(chain.signer.provider!, requested.transaction);
      },
    },
    options,
  );
}
