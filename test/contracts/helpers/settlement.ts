import type { Signer } from "ethers";
import type { Job as ClientJob } from "../../../src/client/escrow.js";
import {
  authorizeSettlement,
  type Authorization,
  type SettlementMethod,
} from "../../../src/client/settlement.js";
import { type Job, proveJob, type System } from "./escrow.js";
import type { ProofWords } from "./fixture.js";

/** That of a job which is funded. */
export const NONE: Authorization = {
  method: 0,
  validAfter: 0n,
  validBefore: 0n,
  signature: "0x",
  permit: "0x",
};

/** The terms as the client's library has them: plain strings and bigints. */
export function termsOf(job: Job): ClientJob {
  const { amount, bond, fundBy, fulfillBy, callbackGas, inputCommitment } = job;
  const numbers = { amount, bond, fundBy, fulfillBy, callbackGas, inputCommitment };
  return {
    ...(job as unknown as ClientJob),
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, BigInt(value)])),
  };
}

/** What the job's client signs. */
export function authorizeJob(
  { registry, escrow, client }: System,
  job: Job,
  method?: SettlementMethod,
  signer: Signer = client,
): Promise<Authorization> {
  return authorizeSettlement({ registry, escrow }, signer, termsOf(job), method);
}

/** The arguments of `settle`, with a proof for the worker. */
export async function settlement(
  system: System,
  job: Job,
  authorization: Authorization,
): Promise<[Job, Authorization, string, ProofWords, bigint[]]> {
  const payee = system.worker.address;
  const { proof, signals } = await proveJob(system, job, payee);
  return [job, authorization, payee, proof, [signals[0]]];
}
