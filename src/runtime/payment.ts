import { Contract, getAddress, isAddress, parseUnits, ZeroAddress } from "ethers";
import { hashFile } from "../artifacts/hash.js";
import { bindingOf } from "../client/binding.js";
import {
  encodeVerificationKey,
  fulfillJob,
  jobState,
  registerModel,
  requestInference,
  type ModelCommitment,
} from "../client/escrow.js";
import type { Contracts } from "../client/contracts.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import {
  answersOf,
  commitInput,
  commitmentTo,
  outputSignalCount,
  proveInference,
} from "../inference/infer.js";
import type { BuiltModel } from "../inference/model.js";
import type { Chain } from "./chain.js";
import type { JobRecord } from "./jobs.js";
import { readSample } from "./local.js";
import type { FulfillResult, RegisterResult, RequestOptions, StatusResult } from "./types.js";

/** What the registry keeps beside the key; see IModelRegistry.Commitment. */
export function commitmentOf({ manifest }: BuiltModel): ModelCommitment {
  return {
    modelHash: `0x${manifest.model.sha256}`,
    circuitHash: `0x${manifest.hashes.r1cs}`,
    setupHash: `0x${manifest.setupHash}`,
  };
}

export function modelIdOf({ registry }: Contracts, model: BuiltModel): Promise<string> {
  return registry.modelIdOf(encodeVerificationKey(model.verificationKey), commitmentOf(model));
}

/** @throws Torch2CircomError for a key that its maker could forge with, on a chain where that would cost money */
export async function register(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  { uri, allowSingleContributor = false }: { uri?: string; allowSingleContributor?: boolean },
): Promise<RegisterResult> {
  const { setup, name, inputMode } = model.manifest;
  if (setup === "development" && !chain.isLocal) {
    throw new Torch2CircomError(
      "KEY_UNSAFE",
      `The key of "${name}" is from a development setup: whoever made it can forge any output`,
      "Build again with powers of tau of a public ceremony (--ptau), and have others contribute.",
    );
  }
  if (setup === "single-contributor" && !chain.isLocal && !allowSingleContributor) {
    throw new Torch2CircomError(
      "KEY_UNSAFE",
      `The key of "${name}" has one contributor, who could forge any output if he kept his secret`,
      "Have others contribute, or say --allow-single-contributor if your clients trust you in this.",
    );
  }
  if (inputMode === "public") {
    throw new Torch2CircomError(
      "INPUT_MODE_UNSUPPORTED",
      `"${name}" shows its inputs, and the escrow pays for committed ones`,
      "Build with --input committed; proofs of this build are verified directly, by its Solidity verifier.",
    );
  }
  const announced = uri ?? `manifest:sha256:${await hashFile(model.paths.manifest)}`;
  return registerModel(contracts, model.verificationKey, commitmentOf(model), announced);
}

/** Commits to a sample and locks its payment. */
export async function request(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  options: RequestOptions,
): Promise<{ record: JobRecord; transaction: string; gasUsed: bigint }> {
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
  return { record: { jobId, model: model.manifest.name, chainId: chain.id, job, input }, ...receipt };
}

/**
 * Proves a job's answer for the sender and collects the payment.
 *
 * @returns also the job with its answer, for the client, where the chain has a commitment to it only
 */
export async function fulfill(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  record: JobRecord,
): Promise<FulfillResult & { answered?: JobRecord }> {
  await checkJob(chain, contracts, model, record);
  const payee = await chain.signer.getAddress();
  const { proof, publicSignals, answers, words, seconds } = await proveInference(
    model,
    record.input,
    bindingOf(record.jobId, payee),
  );
  // The escrow knows the commitment and the binding itself.
  const shown = publicSignals.slice(0, -2).map(BigInt);
  const receipt = await fulfillJob(contracts, chain.signer, record.job, payee, proof, shown);
  const result = { jobId: record.jobId, payee, outputs: answers, seconds, ...receipt };
  const committed = model.manifest.outputMode === "committed";
  return committed ? { ...result, answered: { ...record, answer: words } } : result;
}

/** Refuses what could only be proved in vain, before the work is done. */
async function checkJob(
  chain: Chain,
  contracts: Contracts,
  model: BuiltModel,
  { jobId, job, input, chainId }: JobRecord,
): Promise<void> {
  const refuse = (problem: string, remedy: string) =>
    new Torch2CircomError("JOB_REFUSED", `Job ${jobId}: ${problem}`, remedy);
  if (chainId !== chain.id) {
    throw refuse(`it is of chain ${chainId}, not ${chain.id}`, "Choose its network with --network.");
  }
  if ((await contracts.escrow.hashJob(job)) !== jobId) {
    throw refuse(
      "its id is not that of its terms in this escrow",
      "Ask the client for the job's file again.",
    );
  }
  if (job.modelId !== (await modelIdOf(contracts, model))) {
    throw refuse(
      "it is of another model, or of another build of this model",
      "A build has a key of its own: fulfill it with the build that is registered.",
    );
  }
  const packings = model.manifest.inputs.map(({ packing }) => packing);
  const fits = input.integers.every(
    (values, i) =>
      values.length === packings[i]?.count &&
      values.every((q) => q >= packings[i].offset && q < packings[i].offset + 2 ** packings[i].width),
  );
  if (!fits || commitmentTo(model, input) !== job.inputCommitment) {
    throw refuse(
      "its input is not the one that the client committed to",
      "Ask the client for the job's file again.",
    );
  }
  const { status } = await jobState(contracts, jobId);
  if (status !== "funded") throw refuse(`it is ${status}`, "Only a funded job can be fulfilled.");
}

/** A job's state, with the answer once there is one. */
export async function status(
  contracts: Contracts,
  model: BuiltModel,
  record: JobRecord,
): Promise<StatusResult> {
  const state = await jobState(contracts, record.jobId);
  return {
    jobId: record.jobId,
    fulfillBy: new Date(Number(record.job.fulfillBy) * 1000).toISOString(),
    ...state,
    ...(state.outputWords === undefined ? {} : { outputs: answered(model, record, state.outputWords) }),
  };
}

function answered(model: BuiltModel, { input, answer }: JobRecord, signals: readonly bigint[]) {
  const opening = answer && { salt: input.salt, words: answer };
  return answersOf(model, signals.slice(0, outputSignalCount(model)), opening);
}

async function parseAmount(chain: Chain, amount: string, token: string): Promise<bigint> {
  let decimals = 18;
  if (token !== ZeroAddress) {
    const contract = new Contract(token, ["function decimals() view returns (uint8)"], chain.signer);
    decimals = Number(
      await contract
        .getFunction("decimals")()
        .catch((cause: Error) => {
          throw new Torch2CircomError(
            "INVALID_ARGUMENT",
            `${token} is no ERC-20 token with decimals`,
            "Check its address.",
            cause,
          );
        }),
    );
  }
  try {
    const parsed = parseUnits(amount, decimals);
    if (parsed > 0n) return parsed;
  } catch {
    // Said below, like an amount of zero.
  }
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `"${amount}" is not an amount above zero with at most ${decimals} decimals`,
    "Write for example --amount 0.01.",
  );
}

function checkedAddress(text: string, what: string): string {
  if (!isAddress(text))
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `The ${what} ${text} is no address`,
      "Give 0x and 40 hex digits.",
    );
  return getAddress(text);
}
