/** The terms of a job, as InferenceEscrow.Job; see IInferenceEscrow for each field. */
export interface Job {
  readonly modelId: string;
  readonly inputCommitment: bigint;
  readonly client: string;
  readonly provider: string;
  readonly token: string;
  readonly amount: bigint;
  readonly bond: bigint;
  readonly fundBy: bigint;
  readonly fulfillBy: bigint;
  readonly callback: string;
  readonly callbackGas: bigint;
  readonly salt: string;
}
