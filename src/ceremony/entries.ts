import * as v from "valibot";
import { blake2b512, sha256 } from "../artifacts/hashForms.js";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const signature = v.pipe(v.string(), v.regex(/^[0-9a-f]{2,400}$/, "it is not hexadecimal"));
/** Printed on terminals: without what controls them. */
const text = v.pipe(v.string(), v.maxLength(512), v.regex(/^\P{Cc}*$/u, "it has control characters"));
/** ISO 8601 in UTC. It is the coordinator's word: nothing proves it. */
const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, "it is not a time in UTC"),
);

/** The circuit, the powers of tau and the key without contributions that a ceremony begins with. */
const init = v.strictObject({
  type: v.literal("init"),
  /** For people: the model, and which of its circuits. */
  circuit: text,
  /** sha256 of the `.r1cs`. */
  r1cs: sha256,
  /** snarkjs's hash of the circuit in the key, which depends on the file of powers of tau too. */
  csHash: blake2b512,
  publicSignals: count,
  wires: count,
  /** A power of two. */
  domain: count,
  ptau: v.strictObject({ power: count, bytes: count, sha256, blake2b512 }),
  /** sha256 of the key without contributions. */
  key: sha256,
  /** Versions of what made it. */
  tools: v.record(v.string(), v.string()),
  time,
});

/** Public randomness of the future: nobody knows it when it is announced. */
const source = v.variant("kind", [
  v.strictObject({ kind: v.literal("drand"), chain: sha256, round: count }),
  v.strictObject({ kind: v.literal("block"), chainId: count, number: count }),
]);

/** What shows that randomness is the announced: a round as drand signed it, or the header of a block. */
const evidence = v.union([
  v.strictObject({ signature, previousSignature: v.optional(signature) }),
  v.strictObject({ header: v.pipe(v.string(), v.regex(/^0x[0-9a-f]{2,8192}$/)) }),
]);

const announce = v.strictObject({
  type: v.literal("announce"),
  beacon: source,
  /** When the randomness comes to be known; of a block, an estimate. */
  due: time,
  time,
});

const contribution = v.strictObject({
  type: v.literal("contribution"),
  /** From 1. */
  index: v.pipe(count, v.minValue(1)),
  /** What the contributor calls themselves. It is in no hash of the key. */
  name: text,
  /** blake2b-512 of the contribution: what a contributor publishes. */
  hash: blake2b512,
  /** The head of the transcript that the contribution's first point is derived from; null if it is from elsewhere. */
  madeOn: v.nullable(sha256),
  /** sha256 of the key before and after. */
  before: sha256,
  after: sha256,
  time,
});

const beacon = v.strictObject({
  type: v.literal("beacon"),
  index: v.pipe(count, v.minValue(1)),
  evidence,
  /** What the last contribution is made of. */
  randomness: sha256,
  hash: blake2b512,
  before: sha256,
  after: sha256,
  time,
});

const final = v.strictObject({
  type: v.literal("final"),
  /** sha256 of the key, and of `verification_key.json`. */
  key: sha256,
  verificationKey: sha256,
  time,
});

export const entrySchema = v.variant("type", [init, announce, contribution, beacon, final]);

export type Entry = v.InferOutput<typeof entrySchema>;
export type InitEntry = v.InferOutput<typeof init>;
export type AnnounceEntry = v.InferOutput<typeof announce>;
export type ContributionEntry = v.InferOutput<typeof contribution>;
export type BeaconEntry = v.InferOutput<typeof beacon>;
export type BeaconEvidence = v.InferOutput<typeof evidence>;
export type BeaconSource = v.InferOutput<typeof source>;

/** A line of a transcript: an entry, and the hash of all lines up to it. */
export const lineSchema = v.strictObject({ head: sha256, entry: entrySchema });

export type Line = v.InferOutput<typeof lineSchema>;
