/** Gas of a public signal: a product and a sum of points, and its calldata. */
export const SIGNAL_GAS = 6650;

/** Of the proof of a model with so many public signals in `gas/contracts.json`. */
const MEASURED = { signals: 3, fulfill: 257_333 };

/** Of a payment that is signed and relayed (EIP-3009), and of a further job of one proof, in the same file. */
const [FUNDING, IN_BATCH] = [109_000, 17_000];

/** Of a model in segments: once, and for each segment beyond the first; in the same file. */
const [IN_SEGMENTS, PER_SEGMENT] = [36_000, 111_100];

/** About what it takes to verify a proof and pay for it by the escrow, whatever the model. */
export function fulfillGas(publicSignals: number): number {
  return MEASURED.fulfill + (publicSignals - MEASURED.signals) * SIGNAL_GAS;
}

/** How a job is settled. */
export interface Settling {
  /** Jobs of its proof. @default 1 */
  readonly jobs?: number;
  /** Circuits that the model is cut into, each with a proof. @default 0: it has one circuit */
  readonly segments?: number;
  /** Gas that its callback may use. @default 0 */
  readonly callbackGas?: bigint;
}

/**
 * About what the settlement of a job takes: its part of the proof, and its callback.
 *
 * @param publicSignals of a model in segments: those of its outputs, and two
 */
export function settlingGas(
  publicSignals: number,
  { jobs = 1, segments = 0, callbackGas = 0n }: Settling = {},
): bigint {
  const proofs = fulfillGas(publicSignals) + (segments > 0 ? IN_SEGMENTS + PER_SEGMENT * (segments - 1) : 0);
  return BigInt(Math.ceil((proofs + IN_BATCH * (jobs - 1)) / jobs)) + callbackGas;
}

/** About what a job takes from its payment, relayed, to its settlement, alone. */
export function jobGas(publicSignals: number, segments = 0): bigint {
  return BigInt(FUNDING) + settlingGas(publicSignals, { segments });
}
