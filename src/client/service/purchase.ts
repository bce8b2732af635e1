import type { Job } from "../terms.js";

/**
 * What a client has of a job that it buys: nobody can read the answer or get the payment back without it, so keep it before
 * anything is paid. It is what `torch2circom:request` writes into a job's file, with the place of the service.
 */
export interface Purchase {
  readonly jobId: string;
  /** Name of the model at the service. */
  readonly model: string;
  readonly chainId: bigint;
  readonly escrow: string;
  readonly job: Job;
  readonly input: {
    readonly integers: readonly (readonly number[])[];
    readonly salt: bigint;
    readonly commitment: bigint;
  };
  /** The provider's signature of the terms; undefined for a job that was funded without a quote. */
  readonly offer?: string;
  readonly service: {
    readonly url: string;
    /** Shows the job to who has it. */
    readonly ticket: string;
    /** Whether the service proves first, for a signature that pays when the job is settled: nothing is locked. */
    readonly oneStep?: boolean;
  };
}
