import type { CircuitInput } from "../circom/witness.js";
import { ofJob, SIGNALS } from "../circom/text/names.js";
import { poseidonChain } from "../client/commitment.js";
import { evaluateWords, inputChallenge } from "../client/evaluation.js";
import { batchDomain } from "../netlist/domain.js";

/** What a batch shows: three numbers that stand for the public words of all its jobs. */
export interface BatchShown {
  readonly evaluation: bigint;
  readonly challenge: bigint;
  readonly commitment: bigint;
}

/** Words that anybody can see need no salt. */
const NO_SALT = 0n;

/** So many jobs, the last of them again and again where there are fewer: as the escrow fills a batch up. */
export function filledUp<Job>(jobs: readonly Job[], size: number): Job[] {
  return Array.from({ length: size }, (_, i) => jobs[Math.min(i, jobs.length - 1)]);
}

/**
 * The public signals of a batch.
 *
 * @param domain the model's domain tag
 * @param words public of the jobs, one job after the other
 */
export function batchShown(domain: string, words: readonly bigint[]): BatchShown {
  const commitment = poseidonChain([BigInt(batchDomain(domain)), NO_SALT, ...words]);
  const challenge = inputChallenge(commitment, words);
  return { evaluation: evaluateWords(words, challenge), challenge, commitment };
}

/**
 * All that the circuit of a batch is given.
 *
 * @param jobs what the model's circuit would be given for each
 * @param challenge see {@link batchShown}
 */
export function batchInput(jobs: readonly CircuitInput[], challenge: bigint): CircuitInput {
  const named = jobs.flatMap((input, job) =>
    Object.entries(input).map(([name, value]) => [ofJob(job, name), value] as const),
  );
  return { ...Object.fromEntries(named), [SIGNALS.salt]: NO_SALT, [SIGNALS.challenge]: challenge };
}
