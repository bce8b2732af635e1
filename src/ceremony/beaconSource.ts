import { readBlockHeader } from "./blockHeader.js";
import { drandChain, randomnessOf, timeOf, verifyRound } from "./drand.js";
import type { BeaconEvidence, BeaconSource } from "./entries.js";
import { utc } from "./time.js";

/** Randomness that was announced, once it is out. */
export interface Beacon {
  /** 32 bytes in hexadecimal. */
  readonly randomness: string;
  /** When it came to be known, by the evidence itself. */
  readonly time: string;
}

/**
 * The randomness that evidence shows, offline.
 *
 * @returns undefined where the evidence is not of the announced source
 */
export function verifyBeacon(source: BeaconSource, evidence: BeaconEvidence): Beacon | undefined {
  if (source.kind === "drand") {
    const chain = drandChain(source.chain);
    if (chain === undefined || !("signature" in evidence)) return undefined;
    const { round } = source;
    if (!verifyRound(chain, { round, ...evidence })) return undefined;
    return { randomness: randomnessOf(evidence), time: utc(new Date(1000 * timeOf(chain, round))) };
  }
  const block = "header" in evidence ? readBlockHeader(evidence.header) : undefined;
  if (block?.number !== source.number) return undefined;
  return { randomness: block.hash.slice(2), time: utc(new Date(1000 * block.timestamp)) };
}
