import type { Signer } from "ethers";
import { NONE, RECEIVE, type Authorization } from "./authorization.js";
import { jobIdOf } from "./binding.js";
import { escrowDomain, SETTLEMENT_TYPES } from "./typedData.js";
import type { Contracts } from "./contracts.js";
import type { Job } from "./escrow.js";
import { explainRefusal } from "./errors.js";
import { send, type Receipt } from "./send.js";
import { requireToken, signPermit, signReceive } from "./token.js";
import { proofWords } from "../groth16/proofWords.js";
import type { Proof } from "../groth16/types.js";

/**
 * How a client pays for a job in the transaction that settles it:
 *
 * - `receive`: EIP-3009, as USDC has it; no transaction of the client
 * - `receive-bytes`: EIP-3009 with a signature of any form, for smart accounts
 * - `allowance`: an allowance that the escrow has, and the client's signature of the settlement
 * - `permit`: the same, with an EIP-2612 permit for the allowance; it has the token's next nonce and replaces the
 *   allowance that there was, so that one permit at a time is good
 */
export type SettlementMethod = "receive" | "receive-bytes" | "allowance" | "permit";

export type { Authorization } from "./authorization.js";

/** A proven answer: IInferenceEscrow.Fulfillment. */
export interface Fulfillment {
  /** The terms. */
  readonly job: Job;
  /** The address that the proof is bound to. */
  readonly payee: string;
  /** As snarkjs writes it. */
  readonly proof: Proof;
  /** The public signals before the commitment to the input. */
  readonly outputWords: readonly bigint[];
}

/** A proven answer, and what the client has signed to pay for it; nothing of a job that is funded already. */
export interface Settlement extends Fulfillment {
  readonly authorization?: Authorization;
}

const METHODS = { receive: RECEIVE, "receive-bytes": 2, allowance: 3, permit: 3 };

/**
 * Signs the payment of a job that nobody has funded. Whoever has it and a valid proof can settle the job until its
 * `fundBy`; without a proof it moves nothing. It costs no gas.
 *
 * @param contracts see {@link contractsAt}
 * @param client the job's client
 * @param job the terms, see {@link jobTerms}; its token is an ERC-20 token
 * @param method what the token has. Default: `receive`
 * @throws Torch2CircomError for a job in the native token, which nobody can authorize
 * @example
 * ```ts
 * import { authorizeSettlement, jobTerms } from "torch2circom/client";
 *
 * const token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"; // which the client has approved the escrow for
 * const job = await jobTerms(signer, { modelId, inputCommitment: 12345n, amount: 1000n, token });
 * const authorization = await authorizeSettlement(contracts, signer, job, "allowance");
 * console.log(authorization.signature);
 * ```
 */
export async function authorizeSettlement(
  contracts: Contracts,
  client: Signer,
  job: Job,
  method: SettlementMethod = "receive",
): Promise<Authorization> {
  return explainRefusal(() => authorize(contracts, client, job, method));
}

async function authorize(
  { escrow }: Contracts,
  client: Signer,
  job: Job,
  method: SettlementMethod,
): Promise<Authorization> {
  requireToken(job.token);
  const address = await escrow.getAddress();
  if (method.startsWith("receive")) {
    const signed = await signReceive(client, address, job, await escrow.settlementDigest(jobIdOf(job)));
    return { ...NONE, method: METHODS[method], ...signed };
  }
  const { chainId } = await client.provider!.getNetwork();
  const domain = escrowDomain({ chainId, escrow: address });
  const signature = await client.signTypedData(domain, SETTLEMENT_TYPES, { job });
  const permit = method === "permit" ? (await signPermit(client, address, job)).serialized : "0x";
  return { ...NONE, method: METHODS[method], validBefore: job.fundBy, signature, permit };
}

/**
 * Takes the payment that the client has signed and credits the payee with it, in one transaction; or fulfills the job, if
 * it is funded meanwhile. While the transaction waits in public, the client can read the outputs and cancel: see "A
 * settlement can be canceled" in docs/security.md.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param settlement the terms, the authorization, the payee, the proof and the output words
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { settleJob } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * const outputWords = publicSignals.slice(0, -2).map(BigInt); // without commitment and binding
 * // Not funded yet, it would need `authorization`, see authorizeSettlement.
 * await settleJob(contracts, signer, { job, payee, proof, outputWords });
 * ```
 */
export function settleJob({ escrow }: Contracts, provider: Signer, settlement: Settlement): Promise<Receipt> {
  const { job, authorization = NONE, payee, proof, outputWords } = settlement;
  return send(() =>
    escrow.connect(provider).settle(job, authorization, payee, proofWords(proof), [...outputWords]),
  );
}

/**
 * Settles many jobs of one model, funded ones and others, for a fraction of the gas each, or none of them.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param settlements see {@link settleJob}
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { settleJobs, type Settlement } from "torch2circom/client";
 *
 * const payee = await signer.getAddress();
 * const settlements: Settlement[] = [];
 * for (const index of [0, 1]) {
 *   const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", index, amount: "0.01" });
 *   const { job } = JSON.parse(await readFile(file, "utf8"));
 *   const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 *   settlements.push({ job, payee, proof, outputWords: publicSignals.slice(0, -2).map(BigInt) });
 * }
 * await settleJobs(contracts, signer, settlements);
 * ```
 */
export function settleJobs(
  { escrow }: Contracts,
  provider: Signer,
  settlements: readonly Settlement[],
): Promise<Receipt> {
  const authorizations = settlements.map(({ authorization }) => authorization ?? NONE);
  return send(() => escrow.connect(provider).settleBatch(settlements.map(encoded), authorizations));
}

/**
 * Fulfills many funded jobs of one model, for a fraction of the gas each, or none of them. Jobs that the client has
 * signed for, and not funded, go into {@link settleJobs}.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param fulfillments see {@link fulfillJob}
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { fulfillJobs, type Fulfillment } from "torch2circom/client";
 *
 * const payee = await signer.getAddress();
 * const fulfillments: Fulfillment[] = [];
 * for (const index of [0, 1]) {
 *   const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", index, amount: "0.01" });
 *   const { job } = JSON.parse(await readFile(file, "utf8"));
 *   const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 *   fulfillments.push({ job, payee, proof, outputWords: publicSignals.slice(0, -2).map(BigInt) });
 * }
 * await fulfillJobs(contracts, signer, fulfillments);
 * ```
 */
export function fulfillJobs(
  { escrow }: Contracts,
  provider: Signer,
  fulfillments: readonly Fulfillment[],
): Promise<Receipt> {
  return send(() => escrow.connect(provider).fulfillBatch(fulfillments.map(encoded)));
}

/** IInferenceEscrow.Fulfillment. */
function encoded({ job, payee, proof, outputWords }: Fulfillment) {
  return { job, payee, proof: proofWords(proof), outputs: [...outputWords] };
}

/**
 * Fulfills a funded job and has its payment sent at once. The sender is the payee that the proof is bound to.
 *
 * @param contracts see {@link contractsAt}
 * @param payee sends the transaction
 * @param fulfillment the terms, the proof and the output words
 * @param to recipient. Default: the payee
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { fulfillAndWithdraw } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * await fulfillAndWithdraw(contracts, signer, { job, proof, outputWords: publicSignals.slice(0, -2).map(BigInt) });
 * ```
 */
export async function fulfillAndWithdraw(
  { escrow }: Contracts,
  payee: Signer,
  { job, proof, outputWords }: Omit<Fulfillment, "payee">,
  to?: string,
): Promise<Receipt> {
  const recipient = to ?? (await payee.getAddress());
  return send(() =>
    escrow.connect(payee).fulfillAndWithdraw(job, proofWords(proof), [...outputWords], recipient),
  );
}
