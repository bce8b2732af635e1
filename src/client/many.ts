import type { Signer } from "ethers";
import { proofWords } from "../groth16/proofWords.js";
import type { Proof } from "../groth16/types.js";
import { NONE } from "./authorization.js";
import type { Contracts } from "./contracts.js";
import { send, transact, type Receipt, type SendOptions } from "./send.js";
import type { Fulfillment, Settlement } from "./settlement.js";

/** An answer that is proven together with others: IInferenceEscrow.Answer. */
export type BatchAnswer = Omit<Fulfillment, "proof">;

/** The same, and what the client has signed to pay for it; nothing of a job that is funded already. */
export type BatchSettlement = Omit<Settlement, "proof">;

/** One proof of many answers: IInferenceEscrow.BatchProof. */
export interface BatchProof {
  /** How many jobs the proof is about. If there are fewer answers, it is about the last one again and again. */
  readonly jobs: number;
  /** The last of its public signals `evaluation, challenge, commitment`. The contracts compute the others. */
  readonly commitment: bigint;
  /** As snarkjs writes it. */
  readonly proof: Proof;
}

/**
 * Fulfills many funded jobs of one model by one proof, or none of them: for less gas per job than {@link fulfillJobs}. The
 * model has a key for that many jobs, see {@link registerSet}. Jobs that the client has signed for, and not funded, go
 * into {@link settleMany}.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param answers in the order in which the proof has them, each with the payee that it is bound to; at least one, and at
 * most as many as the proof is about
 * @param proof of all answers
 * @param options how the transaction is sent and waited for
 * @throws Torch2CircomError if a contract refuses: an unknown number of jobs, jobs of several models, a false answer
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { fulfillMany } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * const answer = { job, payee, outputWords: publicSignals.slice(0, -2).map(BigInt) };
 * // This model has no key for batches, so that the registry refuses the proof.
 * const batch = { jobs: 8, commitment: 1n, proof };
 * await fulfillMany(contracts, signer, [answer], batch).catch(({ code }) => console.log(code)); // CONTRACT_REFUSED
 * ```
 */
export async function fulfillMany(
  { escrow }: Contracts,
  provider: Signer,
  answers: readonly BatchAnswer[],
  proof: BatchProof,
  options?: SendOptions,
): Promise<Receipt> {
  const request = await escrow.fulfillMany.populateTransaction(answers.map(encoded), encodedProof(proof));
  return transact(provider, request, options);
}

/**
 * Settles many jobs of one model by one proof, funded ones and others, or none of them.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param answers see {@link fulfillMany}; with the authorization of each job that is not funded
 * @param proof of all answers
 * @throws Torch2CircomError as {@link fulfillMany}, or if a client cannot pay
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { settleMany } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * // Not funded yet, it would need `authorization`, see authorizeSettlement.
 * const answer = { job, payee, outputWords: publicSignals.slice(0, -2).map(BigInt) };
 * // This model has no key for batches, so that the registry refuses the proof.
 * const batch = { jobs: 8, commitment: 1n, proof };
 * await settleMany(contracts, signer, [answer], batch).catch(({ code }) => console.log(code)); // CONTRACT_REFUSED
 * ```
 */
export function settleMany(
  { escrow }: Contracts,
  provider: Signer,
  answers: readonly BatchSettlement[],
  proof: BatchProof,
): Promise<Receipt> {
  const authorizations = answers.map(({ authorization }) => authorization ?? NONE);
  return send(() =>
    escrow.connect(provider).settleMany(answers.map(encoded), authorizations, encodedProof(proof)),
  );
}

/** IInferenceEscrow.Answer. */
function encoded({ job, payee, outputWords }: BatchAnswer) {
  return { job, payee, outputs: [...outputWords] };
}

/** IInferenceEscrow.BatchProof. */
function encodedProof({ jobs, commitment, proof }: BatchProof) {
  return { jobs, commitment, proof: proofWords(proof) };
}
