/** Gas of a public signal: a product and a sum of points, and its calldata. */
export const SIGNAL_GAS = 6650;

/** Of the proof of a model with so many public signals in `gas/contracts.json`. */
const MEASURED = { signals: 3, fulfill: 257_333 };

/** About what it takes to verify a proof and pay for it by the escrow, whatever the model. */
export function fulfillGas(publicSignals: number): number {
  return MEASURED.fulfill + (publicSignals - MEASURED.signals) * SIGNAL_GAS;
}
