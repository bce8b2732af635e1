import { checkedAddress, parseAmount } from "./amount.js";
import { requireSafeKey } from "./guards/setup.js";
import { modelIdOf } from "./modelId.js";
import { ZeroAddress } from "ethers";
import { requireOwnContracts } from "../../client/ownContracts.js";
import { jobIdOf } from "../../client/binding.js";
import { jobTerms } from "../../client/escrow.js";
import { fundJob } from "../../client/funding.js";
import type { Contracts } from "../../client/contracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { commitInput } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Chain } from "./chain.js";
import type { JobRecord } from "../jobs.js";
import { readSample } from "../models/sample.js";
import type { RequestOptions, WithSamples } from "../types.js";

/** The word for a job that anybody can fulfill, where the configuration names a provider. */
const ANYONE = "anyone";

/** Commits to a sample and sets a job's terms, without funding it. */
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
    modelId: await modelIdOf(contracts, model),
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

/** Commits to a sample and locks its payment. */
export async function request(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  options: WithSamples<RequestOptions>,
): Promise<{ record: JobRecord; transaction: string; gasUsed: bigint }> {
  const record = await draft(chain, contracts, model, options);
  if (record.job.bond > 0n) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      "A job with a bond needs its provider's signature",
      "Draft it (--draft), give the file to the provider, who accepts it, and fund it with the file that comes back (--offer).",
    );
  }
  return { record, ...(await fundJob(contracts, chain.signer, record.job)) };
}
