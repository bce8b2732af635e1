/** IInferenceEscrow.Authorization. */
export interface Authorization {
  readonly method: number;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly signature: string;
  readonly permit: string;
}

/** How a payment by EIP-3009 is told from others. */
export const RECEIVE = 1;

/** A payment by EIP-3009, from its text. */
export function receiving({
  validAfter,
  validBefore,
  signature,
}: Readonly<Record<"validAfter" | "validBefore" | "signature", string>>): Authorization {
  return {
    ...NONE,
    method: RECEIVE,
    validAfter: BigInt(validAfter),
    validBefore: BigInt(validBefore),
    signature,
  };
}

/** Of a job that is funded. */
export const NONE: Authorization = {
  method: 0,
  validAfter: 0n,
  validBefore: 0n,
  signature: "0x",
  permit: "0x",
};
