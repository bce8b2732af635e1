import { ZeroAddress } from "ethers";
import { checkedAddress, parseAmount } from "./amount.js";
import { modelIdOf } from "./modelId.js";
import { jobIdOf } from "../../client/binding.js";
import { fundJob } from "../../client/escrow.js";
import { requestedJob } from "../../client/jobState.js";
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

/** Commits to a sample, and makes the terms of a job for it. Nothing is sent. */
export async function draft(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  options: WithSamples<RequestOptions>,
): Promise<JobRecord> {
  const input = commitInput(model, await readSample(model, options.samples, options.index ?? 0));
  if (input.commitment === undefined) {
    throw new Torch2CircomError(
      "INPUT_MODE_UNSUPPORTED",
      `"${model.manifest.name}" shows its inputs, and the escrow pays for committed ones`,
      "Build with --input committed.",
    );
  }
  const token = options.token === undefined ? ZeroAddress : checkedAddress(options.token, "token");
  const job = await jobTerms(chain.signer, {
    modelId: await modelIdOf(contracts, model),
    inputCommitment: input.commitment,
    amount: await parseAmount(chain, options.amount, token),
    token,
    provider: options.provider === undefined ? ZeroAddress : checkedAddress(options.provider, "provider"),
    seconds: options.seconds,
  });
  const escrow = await contracts.escrow.getAddress();
  return { jobId: jobIdOf(job), model: model.manifest.name, chainId: chain.id, escrow, job, input };
}

/** Locks the payment of a job whose terms are on the disk. */
export function fund(
  chain: Chain,
  contracts: Contracts,
  journal: Journal,
  options: SendingOptions,
): Promise<Receipt> {
  const { jobId, job } = journal.record;
  return carryOut(
    chain,
    journal,
    {
      purpose: "request",
      send: (sending) => fundJob(contracts, chain.signer, job, sending),
      done: async () => {
        const requested = await requestedJob(contracts, jobId);
        return requested && receiptOf(chain.signer.provider!, requested.transaction);
      },
    },
    options,
  );
}
