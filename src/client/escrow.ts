import { concat, hexlify, randomBytes, toBeHex, ZeroAddress, type Signer } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { proofWords } from "../groth16/proofWords.js";
import type { G1Point, G2Point, Proof, VerificationKey } from "../groth16/types.js";
import type { Contracts } from "./contracts.js";
import { fundJob } from "./funding.js";
import { explainRefusal } from "./errors.js";
import type { Job } from "./job.js";
import { send, type Receipt } from "./send.js";

export type { Job };

/** What ties a registered key to a model: 32-byte hex words. */
export interface ModelCommitment {
  readonly modelHash: string;
  readonly circuitHash: string;
  readonly setupHash: string;
}

export const JOB_STATUS = ["none", "funded", "fulfilled", "refunded"] as const;

/**
 * A verification key in the registry's byte order: alpha, beta, gamma, delta, IC; see IModelRegistry.register.
 *
 * @param key as snarkjs writes it, in `verification_key.json`
 * @returns bytes, in hexadecimal
 * @example
 * ```ts
 * import { encodeVerificationKey } from "torch2circom/client";
 *
 * console.log(encodeVerificationKey(verificationKey).length);
 * ```
 */
export function encodeVerificationKey(key: VerificationKey): string {
  const words = [
    ...g1(key.vk_alpha_1),
    ...[key.vk_beta_2, key.vk_gamma_2, key.vk_delta_2].flatMap(g2),
    ...key.IC.flatMap(g1),
  ];
  return concat(words.map((word) => toBeHex(BigInt(word), 32)));
}

function g1([x, y]: G1Point): string[] {
  return [x, y];
}

function g2([x, y]: G2Point): string[] {
  return [x[1], x[0], y[1], y[0]];
}

/**
 * Registers a model under its content's id. Registering it again changes nothing but the announced uri.
 *
 * @param contracts with the sender as runner
 * @param key as snarkjs writes it
 * @param commitment hashes of the model, its circuit and its setup
 * @param uri where clients find the manifest
 * @returns the model id and the transaction
 * @example
 * ```ts
 * import hre from "hardhat";
 * import { registerModel } from "torch2circom/client";
 *
 * const { model, hashes, setupHash } = await hre.torch2circom.manifest("iris");
 * const commitment = {
 *   modelHash: `0x${model.sha256}`,
 *   circuitHash: `0x${hashes.r1cs}`,
 *   setupHash: `0x${setupHash}`,
 * };
 * const uri = "https://example.com/iris/manifest.json";
 * const { modelId } = await registerModel(contracts, verificationKey, commitment, uri);
 * console.log(modelId);
 * ```
 */
export async function registerModel(
  { registry }: Contracts,
  key: VerificationKey,
  commitment: ModelCommitment,
  uri: string,
): Promise<Receipt & { readonly modelId: string }> {
  const bytes = encodeVerificationKey(key);
  const modelId = await explainRefusal(() => registry.modelIdOf(bytes, commitment));
  return { modelId, ...(await send(() => registry.register(bytes, commitment, uri))) };
}

/** Terms with the usual defaults: the native token, no bond, no callback, open to any provider. */
export interface JobRequest {
  readonly modelId: string;
  readonly inputCommitment: bigint;
  /** In wei, or in the token's units. */
  readonly amount: bigint;
  /** Address of an ERC-20 token. @default the native token */
  readonly token?: string;
  /** @default anyone */
  readonly provider?: string;
  /** Seconds from the latest block until the job can be refunded. @default 3600 */
  readonly seconds?: number;
  /** What the provider stakes, from its balance in the escrow: its signature is needed to fund the job. @default 0n */
  readonly bond?: bigint;
  /** Seconds from the latest block until the job can be funded no more. @default `seconds`, half of it with a bond */
  readonly fundSeconds?: number;
}

/**
 * Locks the payment of a job. An ERC-20 payment is approved first where the allowance does not suffice.
 *
 * @param contracts see {@link contractsAt}
 * @param client pays, and gets the refund
 * @param request the terms
 * @returns the job's id, its whole terms, and the transaction
 * @example
 * ```ts
 * import { requestInference } from "torch2circom/client";
 *
 * const { jobId, job } = await requestInference(contracts, signer, {
 *   modelId,
 *   inputCommitment: 12345n, // see commitInputs
 *   amount: 1000n,
 * });
 * console.log(jobId, job.fulfillBy);
 * ```
 */
export async function requestInference(
  contracts: Contracts,
  client: Signer,
  request: JobRequest,
): Promise<Receipt & { readonly jobId: string; readonly job: Job }> {
  const { escrow } = contracts;
  const job = await jobTerms(client, request);
  const receipt = await fundJob(contracts, client, job);
  return { jobId: await escrow.hashJob(job), job, ...receipt };
}

/**
 * The whole terms of a job, which nobody has funded yet.
 *
 * @param client pays, and gets the refund; its provider tells the time of the latest block
 * @param request the terms that have no default
 * @example
 * ```ts
 * import { jobIdOf, jobTerms } from "torch2circom/client";
 *
 * const job = await jobTerms(signer, { modelId, inputCommitment: 12345n, amount: 1000n });
 * console.log(jobIdOf(job));
 * ```
 */
export async function jobTerms(client: Signer, request: JobRequest): Promise<Job> {
  const block = await explainRefusal(async () => client.provider?.getBlock("latest"));
  const now = BigInt(block?.timestamp ?? Math.floor(Date.now() / 1000));
  const { seconds = 3600, bond = 0n } = request;
  // A provider with a bond is to have time to prove, however late the client funds the job.
  const fundSeconds = request.fundSeconds ?? (bond === 0n ? seconds : Math.floor(seconds / 2));
  return {
    modelId: request.modelId,
    inputCommitment: request.inputCommitment,
    client: await client.getAddress(),
    provider: request.provider ?? ZeroAddress,
    token: request.token ?? ZeroAddress,
    amount: request.amount,
    bond,
    fundBy: now + BigInt(fundSeconds),
    fulfillBy: now + BigInt(seconds),
    callback: ZeroAddress,
    callbackGas: 0n,
    salt: hexlify(randomBytes(32)),
  };
}

/**
 * Submits a proof; the payee named in it is credited with the payment.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param job the terms, as requested
 * @param payee the address that the proof is bound to; see {@link bindingOf}
 * @param proof as snarkjs writes it
 * @param outputWords the public signals before the commitment to the input
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { fulfillJob } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * const outputWords = publicSignals.slice(0, -2).map(BigInt); // without commitment and binding
 * await fulfillJob(contracts, signer, job, payee, proof, outputWords);
 * ```
 */
export function fulfillJob(
  { escrow }: Contracts,
  provider: Signer,
  job: Job,
  payee: string,
  proof: Proof,
  outputWords: readonly bigint[],
): Promise<Receipt> {
  return send(() => escrow.connect(provider).fulfill(job, payee, proofWords(proof), [...outputWords]));
}

/**
 * Returns the payment to the client: after the deadline, or at any time if the provider asks for it.
 *
 * @param contracts see {@link contractsAt}
 * @param sender anyone after the deadline; the job's provider before it
 * @param job the terms, as requested
 * @example
 * ```ts
 * import { refundJob, requestInference } from "torch2circom/client";
 *
 * const { jobId, job } = await requestInference(contracts, signer, {
 *   modelId,
 *   inputCommitment: 12345n,
 *   amount: 1000n,
 *   provider: await signer.getAddress(),
 * });
 *
 * await refundJob(contracts, signer, job); // the provider declines
 * console.log(jobId);
 * ```
 */
export function refundJob({ escrow }: Contracts, sender: Signer, job: Job): Promise<Receipt> {
  return send(() => escrow.connect(sender).refund(job));
}

/**
 * Pays out the whole balance of the sender, in one token.
 *
 * @param contracts see {@link contractsAt}
 * @param account owner of the balance
 * @param token address of an ERC-20 token. Default: the native token
 * @param to recipient. Default: the account
 * @returns the amount, in wei or in the token's units, and the transaction
 * @throws Torch2CircomError if the balance is zero
 * @example
 * ```ts
 * import { refundJob, requestInference, withdrawBalance } from "torch2circom/client";
 *
 * const { jobId, job } = await requestInference(contracts, signer, {
 *   modelId,
 *   inputCommitment: 12345n,
 *   amount: 1000n,
 *   provider: await signer.getAddress(),
 * });
 *
 * await refundJob(contracts, signer, job);
 * const { amount } = await withdrawBalance(contracts, signer);
 * console.log(jobId, amount);
 * ```
 */
export async function withdrawBalance(
  { escrow }: Contracts,
  account: Signer,
  token = ZeroAddress,
  to?: string,
): Promise<Receipt & { readonly amount: bigint }> {
  const owner = await account.getAddress();
  const amount = await explainRefusal(() => escrow.balanceOf(owner, token));
  if (amount === 0n) {
    throw new Torch2CircomError(
      "NOTHING_TO_WITHDRAW",
      `${owner} has no balance in the escrow in ${token === ZeroAddress ? "the native token" : `the token ${token}`}`,
      "Balances come from fulfilled and refunded jobs; see torch2circom:status.",
    );
  }
  return { amount, ...(await send(() => escrow.connect(account).withdraw(token, amount, to ?? owner))) };
}

export interface JobState {
  readonly status: (typeof JOB_STATUS)[number];
  /** The output words, once the job is fulfilled. */
  readonly outputWords?: readonly bigint[];
  readonly payee?: string;
}

/**
 * The state of a job, from the escrow's storage and events.
 *
 * @param contracts see {@link contractsAt}
 * @param jobId 32 bytes, in hexadecimal
 * @returns the status, and once it is fulfilled, the output words and the payee
 * @example
 * ```ts
 * import { jobState, requestInference } from "torch2circom/client";
 *
 * const { jobId, job } = await requestInference(contracts, signer, {
 *   modelId,
 *   inputCommitment: 12345n,
 *   amount: 1000n,
 *   provider: await signer.getAddress(),
 * });
 *
 * console.log(job.amount, (await jobState(contracts, jobId)).status); // 1000n "funded"
 * ```
 */
export async function jobState({ escrow }: Contracts, jobId: string): Promise<JobState> {
  const status = JOB_STATUS[Number((await explainRefusal(() => escrow.jobState(jobId))).status)];
  if (status !== "fulfilled") return { status };
  const [event] = await explainRefusal(() => escrow.queryFilter(escrow.filters.Fulfilled(jobId)));
  return { status, outputWords: event.args.outputs, payee: event.args.payee };
}
