import type { Signer } from "ethers";
import { proofWords } from "../groth16/proofWords.js";
import type { Proof } from "../groth16/types.js";
import { NONE } from "./authorization.js";
import type { Contracts } from "./contracts.js";
import type { ModelCommitment } from "./escrow.js";
import { explainRefusal } from "./errors.js";
import { encodePipeline, type Pipeline } from "./pipelineKeys.js";
import { send, transact, type Receipt, type SendOptions } from "./send.js";
import type { Fulfillment, Settlement } from "./settlement.js";

/** An answer that is proven in segments. */
export type PipelineAnswer = Omit<Fulfillment, "proof">;

/** The same, and what the client has signed to pay for it; nothing of a job that is funded already. */
export type PipelineSettlement = Omit<Settlement, "proof">;

/** The proofs of a model's segments, for one answer: IInferenceEscrow.PipelineProof. */
export interface PipelineProof {
  /** One for each segment, as snarkjs writes them. */
  readonly proofs: readonly Proof[];
  /** The commitments to what each segment hands to the next: the first public signal of each segment but the last. */
  readonly edges: readonly bigint[];
}

/**
 * Registers a model that is proven in segments: {@link fulfillPipeline} settles its jobs. Registering it again changes
 * nothing but the announced uri.
 *
 * @param contracts with the sender as runner
 * @param pipeline the keys, and the number of each segment's key
 * @param commitment hashes of the model, its circuits and their setups
 * @param uri where clients find the manifest
 * @param options how the transaction is sent and waited for
 * @returns the model id, see {@link pipelineIdOf}, and the transaction
 * @throws Torch2CircomError if the keys are not of one phase 1, or if the registry refuses them
 * @example
 * ```ts
 * import { registerPipeline } from "torch2circom/client";
 *
 * const word = `0x${"00".repeat(32)}`;
 * const commitment = { modelHash: word, circuitHash: word, setupHash: word };
 * const uri = "https://example.com/iris/manifest.json";
 * // Refused: two keys of one contribution.
 * const pipeline = { keys: [verificationKey, verificationKey], segments: [0, 1] };
 * await registerPipeline(contracts, pipeline, commitment, uri).catch(console.log);
 * ```
 */
export async function registerPipeline(
  { registry }: Contracts,
  pipeline: Pipeline,
  commitment: ModelCommitment,
  uri: string,
  options?: SendOptions,
): Promise<Receipt & { readonly modelId: string }> {
  const { keys, segments } = encodePipeline(pipeline);
  const modelId = await explainRefusal(() => registry.pipelineIdOf(keys, segments, commitment));
  const request = await registry.registerPipeline.populateTransaction(keys, segments, commitment, uri);
  return { modelId, ...(await transact(registry.runner as Signer, request, options)) };
}

/**
 * Submits the proofs of a model's segments; the payee that they are bound to is credited with the payment. The job is
 * funded; jobs that the client has signed for go into {@link settlePipeline}.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param answer the terms, the payee and the output words
 * @param proof of all segments
 * @param options how the transaction is sent and waited for
 * @throws Torch2CircomError if a contract refuses: a model that is not proven in segments, a false proof, another payee
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { fulfillPipeline } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * const answer = { job, payee, outputWords: publicSignals.slice(0, -2).map(BigInt) };
 * // This model has one key, so that the registry refuses proofs of segments.
 * const segments = { proofs: [proof, proof], edges: [1n] };
 * await fulfillPipeline(contracts, signer, answer, segments).catch(({ code }) => console.log(code)); // CONTRACT_REFUSED
 * ```
 */
export async function fulfillPipeline(
  { escrow }: Contracts,
  provider: Signer,
  { job, payee, outputWords }: PipelineAnswer,
  proof: PipelineProof,
  options?: SendOptions,
): Promise<Receipt> {
  const words = [...outputWords];
  const request = await escrow.fulfillPipeline.populateTransaction(job, payee, encoded(proof), words);
  return transact(provider, request, options);
}

/**
 * Takes the payment that the client has signed and credits the payee with it, by the proofs of a model's segments; or
 * fulfills the job, if it is funded meanwhile. See {@link settleJob}.
 *
 * @param contracts see {@link contractsAt}
 * @param provider sends the transaction
 * @param settlement see {@link fulfillPipeline}; with the authorization of a job that is not funded
 * @param proof of all segments
 * @throws Torch2CircomError as {@link fulfillPipeline}, or if the client cannot pay
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import hre from "hardhat";
 * import { settlePipeline } from "torch2circom/client";
 *
 * const { file } = await hre.torch2circom.request("iris", { samples: "iris.npz", amount: "0.01" });
 * const { job } = JSON.parse(await readFile(file, "utf8"));
 * const payee = await signer.getAddress();
 * const { proof, publicSignals } = await hre.torch2circom.prove("iris", { job: file, payee });
 * // Not funded yet, it would need `authorization`, see authorizeSettlement.
 * const answer = { job, payee, outputWords: publicSignals.slice(0, -2).map(BigInt) };
 * // This model has one key, so that the registry refuses proofs of segments.
 * const segments = { proofs: [proof, proof], edges: [1n] };
 * await settlePipeline(contracts, signer, answer, segments).catch(({ code }) => console.log(code)); // CONTRACT_REFUSED
 * ```
 */
export function settlePipeline(
  { escrow }: Contracts,
  provider: Signer,
  { job, authorization = NONE, payee, outputWords }: PipelineSettlement,
  proof: PipelineProof,
): Promise<Receipt> {
  const words = [...outputWords];
  return send(() =>
    escrow.connect(provider).settlePipeline(job, authorization, payee, encoded(proof), words),
  );
}

/** IInferenceEscrow.PipelineProof. */
function encoded({ proofs, edges }: PipelineProof) {
  return { proofs: proofs.map(proofWords), edges: [...edges] };
}
