import * as v from "valibot";
import { blake2b512, sha256 } from "../artifacts/hashForms.js";

/** What a contributor keeps and publishes: with it, a contribution and what it was made on can be shown later. */
export const receiptSchema = v.strictObject({
  format: v.literal("torch2circom-receipt-1"),
  /** blake2b-512 of the contribution; it binds the circuit and all contributions before it. */
  hash: blake2b512,
  /** The contribution's number, from 1. */
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** The transcript's head when the contribution was made; null where no transcript was at hand. */
  transcript: v.nullable(sha256),
  /** sha256 of the key before and after. */
  before: sha256,
  after: sha256,
  time: v.string(),
});

export type Receipt = v.InferOutput<typeof receiptSchema>;

export function receiptText(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}
