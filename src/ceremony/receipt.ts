import * as v from "valibot";

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** What a contributor keeps and publishes: with it, a contribution and what it was made on can be shown later. */
export const receiptSchema = v.strictObject({
  format: v.literal("torch2circom-receipt-1"),
  /** blake2b-512 of the contribution; it binds the circuit and all contributions before it. */
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
  /** The contribution's number, from 1. */
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** The transcript's head when the contribution was made; null where no transcript was at hand. */
  transcript: v.nullable(hash),
  /** sha256 of the key before and after. */
  before: hash,
  after: hash,
  time: v.string(),
});

export type Receipt = v.InferOutput<typeof receiptSchema>;

export function receiptText(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}
