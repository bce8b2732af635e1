import type { Program } from "../program/types.js";
import { evaluation, hash, partsOf, sumCosts, timesCost } from "./cost.js";
import { batchDomain } from "./domain.js";
import { domainOf, publicSignals, type ProvingDomain } from "./provingDomain.js";
import { isWiring, type Cost, type Netlist, type Part } from "./types.js";

/** Public signals of a batch, however many jobs it has: evaluation, challenge and commitment. */
const BATCH_SIGNALS = 3;

/** Copies of one model's circuit in one circuit, which proves as many jobs at once. */
export interface Batch {
  readonly jobs: number;
  readonly netlist: Netlist;
  /** Words that are public of one job: all public signals of the model's own circuit, in its order. */
  readonly wordsPerJob: number;
  /** The tag of the commitment to all of these words. */
  readonly domain: string;
  readonly cost: Cost;
  readonly provingDomain: ProvingDomain;
}

/**
 * A batch of so many jobs. What would be public of each job is committed to, and shown as the value of a polynomial at a
 * point that is hashed from the commitment and the words (see CommitAndEvaluate in circuits/binding.circom).
 */
export function batchOf(program: Program, netlist: Netlist, jobs: number): Batch {
  const wordsPerJob = publicSignals(netlist);
  const layers = netlist.steps.flatMap((step) => (isWiring(step) ? [] : [step.cost]));
  const copy = sumCosts([...layers, ...partsOf(program, netlist, true).map((part) => part.cost)]);
  const shared: Part[] = [
    hash("commitment to the words of all jobs", jobs * wordsPerJob),
    evaluation("evaluation of the words of all jobs", jobs * wordsPerJob),
  ];
  const cost = sumCosts([timesCost(copy, jobs), ...shared.map((part) => part.cost)]);
  return {
    jobs,
    netlist,
    wordsPerJob,
    domain: batchDomain(netlist.domain),
    cost,
    provingDomain: domainOf(cost, BATCH_SIGNALS),
  };
}

/** The share of a batch's jobs that is given up for half the proving time. */
const WITHIN_REACH = 1 / 8;

/**
 * A batch of about so many jobs, of fewer where these would take half the proving time: proving time follows the power of
 * two above a circuit's rows.
 *
 * @example fittingBatch(program, netlist, 8).jobs // 7 for 136,783 rows a job: seven jobs fill 2^20 rows, eight take 2^21
 */
export function fittingBatch(program: Program, netlist: Netlist, asked: number): Batch {
  const whole = batchOf(program, netlist, asked);
  const least = Math.max(2, Math.ceil(asked * (1 - WITHIN_REACH)));
  for (let jobs = asked - 1; jobs >= least; jobs--) {
    const fewer = batchOf(program, netlist, jobs);
    if (fewer.provingDomain.power < whole.provingDomain.power) return fewer;
  }
  return whole;
}
