import { formatEther, getAddress, ZeroAddress } from "ethers";
import type { BatchManifest } from "../../../artifacts/manifest.js";
import { Torch2CircomError } from "../../../errors/torch2circomError.js";
import { settlingGas } from "../../../forecast/gas.js";
import { publicSignalCount } from "../../../inference/infer.js";
import type { BuiltModel } from "../../../inference/model.js";
import type { JobRecord } from "../../jobs.js";
import type { Chain } from "../chain.js";

/** Seconds that witness, proof and start of the threads take beside what grows with the circuit. */
const START_SECONDS = 3;
/** Constraints a second: a machine of two cores proves LeNet-5 (137,000) in half a minute. */
const CONSTRAINTS_PER_SECOND = 5_000;
/** Seconds until a transaction is in a block. */
const BLOCK_SECONDS = 12;

export interface WorthwhileOptions {
  /** Whether a close deadline and a loss are taken. @default false */
  readonly anyway?: boolean;
  /** What proves so many jobs at once. @default none */
  readonly batch?: Pick<BatchManifest, "jobs" | "constraints">;
  /** How many jobs are to be proven, one after the other or in batches. @default 1 */
  readonly jobs?: number;
}

/** Seconds that a proof takes, about: estimated from the circuit's constraints, and not measured on this machine. */
export function provingSeconds({ constraints }: Pick<BuiltModel["manifest"], "constraints">): number {
  return Math.ceil(START_SECONDS + (constraints.nonlinear + constraints.linear) / CONSTRAINTS_PER_SECOND);
}

/**
 * Refuses a job that would be proved in vain: that pays somebody else, whose deadline is too close, or whose payment does
 * not cover the gas. What a token is worth in gas is not known here.
 *
 * @param options whether a close deadline and a loss are taken, and with how many others the job is proven
 * @throws Torch2CircomError with what is expected, and how that was estimated
 */
export async function requireWorthwhile(
  chain: Chain,
  model: BuiltModel,
  record: JobRecord,
  { anyway = false, batch, jobs = 1 }: WorthwhileOptions = {},
): Promise<void> {
  const { job } = record;
  const payee = await chain.signer.getAddress();
  const refuse = (problem: string, remedy: string) =>
    new Torch2CircomError("JOB_REFUSED", `Job ${record.jobId}: ${problem}`, remedy);
  if (job.provider !== ZeroAddress && getAddress(job.provider) !== payee)
    throw refuse(
      `it pays ${job.provider} only, and the account is ${payee}`,
      "Choose the provider's account (--account).",
    );
  const { provider } = chain.signer;
  const left = Number(job.fulfillBy) - ((await provider!.getBlock("latest"))?.timestamp ?? 0);
  if (left < 0) throw refuse("its deadline is over", "The client can be refunded (torch2circom:refund).");
  if (anyway) return;
  const proofs = batch === undefined ? jobs : Math.ceil(jobs / batch.jobs);
  const needed = proofs * provingSeconds(batch ?? model.manifest) + BLOCK_SECONDS;
  if (left < needed)
    throw refuse(
      `its deadline is in ${left} s, and to prove and to be mined takes about ${needed} s (estimated from the circuit's constraints)`,
      "Say --anyway if this machine is faster.",
    );
  // Money of a chain for development is worth nothing.
  if (job.token !== ZeroAddress || chain.isLocal) return;
  const price = (await provider!.getFeeData()).gasPrice ?? 0n;
  const settling = {
    jobs: batch && Math.min(jobs, batch.jobs),
    segments: model.segments.length,
    callbackGas: job.callbackGas,
  };
  const cost = price * settlingGas(publicSignalCount(model), settling);
  if (job.amount + job.bond < cost)
    throw refuse(
      `it pays ${formatEther(job.amount + job.bond)} of the native token, and its gas costs about ${formatEther(cost)} at ${price} wei`,
      "Wait until gas is cheaper, or say --anyway.",
    );
}
