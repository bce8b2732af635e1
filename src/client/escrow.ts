import { concat, toBeHex, ZeroAddress, type Signer } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { proofWords } from "../groth16/proofWords.js";
import type { G1Point, G2Point, Proof, VerificationKey } from "../groth16/types.js";
import { approveToken } from "./allowance.js";
import { jobIdOf } from "./binding.js";
import type { Contracts } from "./contracts.js";
import { explainRefusal } from "./errors.js";
import { transact, type Receipt, type SendOptions } from "./send.js";
import { jobTerms, type Job, type JobRequest } from "./terms.js";

export * from "./terms.js";

export interface FundOptions extends SendOptions {
  /** For a job with a bond: the provider's signature of the job, in hexadecimal. */
  readonly providerSignature?: string;
}

/** What ties a registered key to a model: 32-byte hex words. */
export interface ModelCommitment {
  readonly modelHash: string;
  readonly circuitHash: string;
  readonly setupHash: string;
}

/** A verification key for proofs of many jobs: IModelRegistry.BatchKey. */
export interface BatchKey {
  /** How many jobs one proof is about, at least 2. */
  readonly jobs: number;
  /** As snarkjs writes it, with three public signals. */
  readonly key: VerificationKey;
}

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

/** The precompiled contracts write the point at infinity as (0, 0), snarkjs as (0, 1, 0). */
function g1([x, y, z]: G1Point): string[] {
  return z === "0" ? ["0", "0"] : [x, y];
}

function g2([x, y, z]: G2Point): string[] {
  return z.every((part) => part === "0") ? ["0", "0", "0", "0"] : [x[1], x[0], y[1], y[0]];
}

/**
 * Registers a model under its content's id. Registering it again changes nothing but the announced uri.
 *
 * @param contracts with the sender as runner
 * @param key as snarkjs writes it
 * @param commitment hashes of the model, its circuit and its setup
 * @param uri where clients find the manifest
 * @param options how the transaction is sent and waited for
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
  options?: SendOptions,
): Promise<Receipt & { readonly modelId: string }> {
  const bytes = encodeVerificationKey(key);
  const modelId = await explainRefusal(() => registry.modelIdOf(bytes, commitment));
  const request = await registry.register.populateTransaction(bytes, commitment, uri);
  return { modelId, ...(await transact(registry.runner as Signer, request, options)) };
}

/**
 * Registers a model with keys for batches of its jobs too: {@link fulfillMany} settles these by one proof.
 *
 * @param contracts with the sender as runner
 * @param key the key for one job, as snarkjs writes it
 * @param batches in ascending order of their numbers of jobs; each key has randomness of its own
 * @param commitment hashes of the model, its circuits and their setups
 * @param uri where clients find the manifest
 * @param options how the transaction is sent and waited for
 * @returns the model id, see {@link setIdOf}, and the transaction
 * @example
 * ```ts
 * import { registerSet } from "torch2circom/client";
 *
 * const word = `0x${"00".repeat(32)}`;
 * const commitment = { modelHash: word, circuitHash: word, setupHash: word };
 * const uri = "https://example.com/iris/manifest.json";
 * // Refused: two keys of one contribution.
 * const batches = [{ jobs: 8, key: verificationKey }];
 * await registerSet(contracts, verificationKey, batches, commitment, uri).catch(console.log);
 * ```
 */
export async function registerSet(
  { registry }: Contracts,
  key: VerificationKey,
  batches: readonly BatchKey[],
  commitment: ModelCommitment,
  uri: string,
  options?: SendOptions,
): Promise<Receipt & { readonly modelId: string }> {
  const bytes = encodeVerificationKey(key);
  const keys = batches.map((batch) => ({ jobs: batch.jobs, key: encodeVerificationKey(batch.key) }));
  const modelId = await explainRefusal(() => registry.setIdOf(bytes, keys, commitment));
  const request = await registry.registerSet.populateTransaction(bytes, keys, commitment, uri);
  return { modelId, ...(await transact(registry.runner as Signer, request, options)) };
}

/**
 * Makes the terms of a job and locks its payment. The terms exist nowhere else until the transaction is mined: a program
 * that can be interrupted makes them by {@link jobTerms}, writes them down, and then calls {@link fundJob}.
 *
 * @param contracts see {@link contractsAt}
 * @param client pays, and gets the refund
 * @param request the terms
 * @param options how transactions are sent and waited for
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
  options?: SendOptions,
): Promise<Receipt & { readonly jobId: string; readonly job: Job }> {
  const job = await jobTerms(client, request);
  return { jobId: jobIdOf(job), job, ...(await fundJob(contracts, client, job, options)) };
}

/**
 * Locks the payment of a job. An ERC-20 payment is approved first where the allowance does not suffice. It can be called
 * again after an interruption: a job is funded once.
 *
 * @param contracts see {@link contractsAt}
 * @param client the job's client
 * @param job the terms, see {@link jobTerms}
 * @param options how transactions are sent and waited for; of a job with a bond, its provider's signature of the job
 * @example
 * ```ts
 * import { fundJob, jobIdOf, jobTerms } from "torch2circom/client";
 *
 * const job = await jobTerms(signer, { modelId, inputCommitment: 12345n, amount: 1000n });
 * console.log(jobIdOf(job), job); // to a file, in a program: its salt is nowhere else
 * await fundJob(contracts, signer, job, { onSending: ({ nonce, hash }) => console.log(nonce, hash) });
 * ```
 */
export async function fundJob(
  contracts: Contracts,
  client: Signer,
  job: Job,
  { providerSignature = "0x", ...options }: FundOptions = {},
): Promise<Receipt> {
  const { escrow } = contracts;
  if (job.token !== ZeroAddress)
    await approveToken(client, job.token, await escrow.getAddress(), job.amount, options);
  const value = job.token === ZeroAddress ? job.amount : 0n;
  const request = await escrow.request.populateTransaction(job, providerSignature, { value });
  return transact(client, request, options);
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
 * @param options how the transaction is sent and waited for
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
export async function fulfillJob(
  { escrow }: Contracts,
  provider: Signer,
  job: Job,
  payee: string,
  proof: Proof,
  outputWords: readonly bigint[],
  options?: SendOptions,
): Promise<Receipt> {
  const words = [...outputWords];
  const request = await escrow.fulfill.populateTransaction(job, payee, proofWords(proof), words);
  return transact(provider, request, options);
}

/**
 * Returns the payment to the client: after the deadline, or at any time if the provider asks for it.
 *
 * @param contracts see {@link contractsAt}
 * @param sender anyone after the deadline; the job's provider before it
 * @param job the terms, as requested
 * @param options how the transaction is sent and waited for
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
export async function refundJob(
  { escrow }: Contracts,
  sender: Signer,
  job: Job,
  options?: SendOptions,
): Promise<Receipt> {
  return transact(sender, await escrow.refund.populateTransaction(job), options);
}

/**
 * Pays out the balance of the sender in one token, or a part of it.
 *
 * @param contracts see {@link contractsAt}
 * @param account owner of the balance
 * @param token address of an ERC-20 token. Default: the native token
 * @param to recipient. Default: the account
 * @param part amount, in wei or in the token's units. Default: the whole balance
 * @param options how the transaction is sent and waited for
 * @returns the amount, in wei or in the token's units, and the transaction
 * @throws Torch2CircomError if the balance is zero, or less than the part
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
  part?: bigint,
  options?: SendOptions,
): Promise<Receipt & { readonly amount: bigint }> {
  const owner = await account.getAddress();
  const balance = await explainRefusal(() => escrow.balanceOf(owner, token));
  if (balance === 0n) {
    throw new Torch2CircomError(
      "NOTHING_TO_WITHDRAW",
      `${owner} has no balance in the escrow in ${token === ZeroAddress ? "the native token" : `the token ${token}`}`,
      "Balances come from fulfilled and refunded jobs; see torch2circom:jobs.",
    );
  }
  const amount = part ?? balance;
  const request = await escrow.withdraw.populateTransaction(token, amount, to ?? owner);
  return { amount, ...(await transact(account, request, options)) };
}
