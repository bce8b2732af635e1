import { randomFillSync } from "node:crypto";

/** Bytes of a weight: a false equation passes with a chance of 2^-128. */
export const WEIGHT_BYTES = 16;

/** Fresh random weights, which nobody can know before a file is fixed. */
export function randomWeights(count: number): Uint8Array {
  return randomFillSync(new Uint8Array(WEIGHT_BYTES * count));
}
