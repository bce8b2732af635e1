import { checkedAddress, parseAmount } from "./amount.js";
import { requireSafeKey } from "./guards/setup.js";
import { modelIdOf } from "./modelId.js";
import { ZeroAddress } from "ethers";
import { requireOwnContracts } from "../../client/ownContracts.js";
import { requestInference } from "../../client/escrow.js";
import type { Contracts } from "../../client/contracts.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { commitInput } from "../../inference/infer.js";
import type { BuiltModel } from "../../inference/model.js";
import type { Chain } from "./chain.js";
import type { JobRecord } from "../jobs.js";
import { readSample } from "../models/sample.js";
import type { RequestOptions, WithSamples } from "../types.js";

/** Commits to a sample and locks its payment. */
export async function request(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  options: WithSamples<RequestOptions>,
): Promise<{ record: JobRecord; transaction: string; gasUsed: bigint }> {
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
  const { jobId, job, ...receipt } = await requestInference(contracts, chain.signer, {
    modelId: await modelIdOf(contracts, model),
    inputCommitment: input.commitment,
    amount: await parseAmount(chain, options.amount, token),
    token,
    provider: options.provider === undefined ? ZeroAddress : checkedAddress(options.provider, "provider"),
    seconds: options.seconds,
  });
  const escrow = await contracts.escrow.getAddress();
  return {
    record: { jobId, model: model.manifest.name, chainId: chain.id, escrow, job, input },
    ...receipt,
  };
}
