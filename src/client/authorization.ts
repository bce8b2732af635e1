/** IInferenceEscrow.Authorization. */
export interface Authorization {
  readonly method: number;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly signature: string;
  readonly permit: string;
}

/** Of a job that is funded. */
export const NONE: Authorization = {
  method: 0,
  validAfter: 0n,
  validBefore: 0n,
  signature: "0x",
  permit: "0x",
};
