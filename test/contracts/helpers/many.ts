import { concat, keccak256, toBeHex } from "ethers";
import { evaluateWords, inputChallenge } from "../../../src/client/evaluation.js";
import type { IInferenceEscrow } from "../../../types/ethers-contracts/index.js";
import { exponentOfC, g1, PAIRS, verificationKeyOf } from "../ledger/prover.js";
import { COMMITMENT, deploy, type Job, makeJob, request, SALT, type System, URI } from "./escrow.js";
import { encodeKey, evaluate, type ProofWords, R } from "./fixture.js";

export type Answer = Omit<IInferenceEscrow.AnswerStruct, "outputs" | "payee"> & {
  job: Job;
  payee: string;
  outputs: bigint[];
};

export interface BatchProof {
  jobs: bigint;
  commitment: bigint;
  proof: ProofWords;
}

/** A key for proofs of so many jobs, as the registry takes it. Its secrets are known: any statement has a proof. */
export function batchKey(jobs: number, name = nameOf(jobs)): { jobs: bigint; key: string } {
  return { jobs: BigInt(jobs), key: encodeKey(verificationKeyOf(name, 3)) };
}

const nameOf = (jobs: number | bigint) => `batch of ${jobs}`;

/** The fixture model with batch keys too: its real proofs are good for one job, and proofs of known secrets for many. */
export async function deploySet() {
  return withBatches(await deploy(), [2, 4, 8]);
}

/** The system with a set of the fixture's key and of batch keys as its model. */
export async function withBatches(system: System, sizes: readonly number[]): Promise<System> {
  const keys = sizes.map((jobs) => batchKey(jobs));
  await system.registry.registerSet(system.key, keys, COMMITMENT, URI);
  return { ...system, modelId: await system.registry.setIdOf(system.key, keys, COMMITMENT) };
}

/** The answer to a job of the fixture model on x. */
export async function answer(
  system: System,
  x: bigint,
  payee: string,
  changes: Partial<Job> = {},
): Promise<Answer> {
  const { output, inputCommitment } = evaluate(x, SALT);
  const job = await makeJob(system, { inputCommitment, salt: toBeHex(x + 1n, 32), ...changes });
  return { job, payee, outputs: [output] };
}

/** Funded jobs on inputs of their own, and their answers: one for each payee. */
export async function fundAnswers(
  system: System,
  payees: readonly string[],
  changes: Partial<Job> = {},
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [i, payee] of payees.entries()) {
    const one = await answer(system, BigInt(i), payee, changes);
    await request(system, one.job);
    answers.push(one);
  }
  return answers;
}

/** The public signals of all jobs of a proof: of the answers, then of the last one again and again. */
export async function wordsOf({ escrow }: System, answers: readonly Answer[], jobs: number) {
  const all: bigint[][] = [];
  for (const { job, payee, outputs } of answers) {
    const binding = await escrow.bindingOf(await escrow.hashJob(job), payee);
    all.push([...outputs, BigInt(job.inputCommitment), binding]);
  }
  while (all.length < jobs) all.push(all.at(-1)!);
  return all.flat();
}

/** A proof of just these words, under the batch key for so many jobs. */
export function proveWords(jobs: number, words: readonly bigint[], name = nameOf(jobs)): BatchProof {
  const commitment = BigInt(keccak256(concat(words.map((word) => toBeHex(word, 32))))) % R;
  return { jobs: BigInt(jobs), commitment, proof: proofOf(name, statement(commitment, words)) };
}

/** `evaluation, challenge, commitment`. */
export function statement(commitment: bigint, words: readonly bigint[]): bigint[] {
  const challenge = inputChallenge(commitment, words);
  return [evaluateWords(words, challenge), challenge, commitment];
}

export function proofOf(key: string, signals: readonly bigint[]): ProofWords {
  const [{ product, a, b }] = PAIRS;
  return [...a, ...b, ...g1(exponentOfC(key, signals, product))] as ProofWords;
}

/** An honest proof of the answers. */
export async function proveMany(
  system: System,
  answers: readonly Answer[],
  jobs = answers.length,
): Promise<BatchProof> {
  return proveWords(jobs, await wordsOf(system, answers, jobs));
}
