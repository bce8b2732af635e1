import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { createHash } from "node:crypto";

/** A chain of drand, whose nodes sign the number of a round together, at a fixed time: https://docs.drand.love */
export interface DrandChain {
  /** Hash of what the chain was begun with, in hexadecimal: the chain's name among all. */
  readonly hash: string;
  /** When round 1 came out, in seconds since 1970. */
  readonly genesis: number;
  /** Seconds from round to round. */
  readonly period: number;
  /** What is signed: the round alone, or the signature of the round before with it. */
  readonly signs: "round" | "round and previous signature";
  /** The nodes' common key, compressed, in hexadecimal: in G2 where signatures are in G1, and the other way around. */
  readonly publicKey: string;
}

/** A round that came out. All in lower-case hexadecimal. */
export interface DrandRound {
  readonly round: number;
  readonly signature: string;
  /** Of the default chain, and needed there. */
  readonly previousSignature?: string;
}

/** The chain to prefer: a round is checked by itself, and comes every 3 seconds. */
export const QUICKNET: DrandChain = {
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  genesis: 1692803367,
  period: 3,
  signs: "round",
  publicKey:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
};

/** The oldest chain, with a round every 30 seconds. */
export const DEFAULT_CHAIN: DrandChain = {
  hash: "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
  genesis: 1595431050,
  period: 30,
  signs: "round and previous signature",
  publicKey:
    "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
};

/** A chain by its hash; undefined for one that this package does not know. */
export function drandChain(hash: string): DrandChain | undefined {
  return [QUICKNET, DEFAULT_CHAIN].find((chain) => chain.hash === hash);
}

/** When a round comes out, in seconds since 1970. */
export function timeOf({ genesis, period }: DrandChain, round: number): number {
  return genesis + (round - 1) * period;
}

/** The last round that is out at a time; 0 before the first. @param time in seconds since 1970 */
export function roundAt({ genesis, period }: DrandChain, time: number): number {
  return time < genesis ? 0 : Math.floor((time - genesis) / period) + 1;
}

/** The beacon of a round: sha256 of its signature, 32 bytes that nobody knew before. In hexadecimal. */
export function randomnessOf({ signature }: Pick<DrandRound, "signature">): string {
  return sha256(fromHex(signature)).toString("hex");
}

/**
 * Whether the chain has signed a round. Nothing is fetched: whoever has the round can show it to anybody.
 *
 * @returns false for whatever is not a round of the chain, malformed or not
 */
export function verifyRound(chain: DrandChain, { round, signature, previousSignature }: DrandRound): boolean {
  if (!Number.isSafeInteger(round) || round < 1) return false;
  try {
    if (chain.signs === "round") {
      if (!isHex(signature, 48)) return false;
      const { hash, verify } = bls.shortSignatures;
      const message = hash(sha256(numberBytes(round)), "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");
      return verify(fromHex(signature), message, fromHex(chain.publicKey));
    }
    // The first round follows the hash of the chain's group, and not a signature.
    if (!isHex(signature, 96) || !isHex(previousSignature, round === 1 ? 32 : 96)) return false;
    const { hash, verify } = bls.longSignatures;
    const signed = sha256(fromHex(previousSignature), numberBytes(round));
    const message = hash(signed, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_");
    return verify(fromHex(signature), message, fromHex(chain.publicKey));
  } catch {
    // Not a point of the curve, or of its subgroup.
    return false;
  }
}

function isHex(text: unknown, bytes: number): text is string {
  return typeof text === "string" && text.length === 2 * bytes && /^[0-9a-f]*$/.test(text);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function numberBytes(round: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(round));
  return bytes;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
