import { floorLog2 } from "../elementary/powersOfTwo.js";
import type { BeaconSource, Entry } from "./entries.js";

/** A beacon in words. */
export function describeSource(source: BeaconSource): string {
  return source.kind === "drand"
    ? `round ${source.round} of drand ${source.chain.slice(0, 8)}`
    : `block ${source.number} of chain ${source.chainId}`;
}

/** A line of a transcript in words, without its time. */
export function describeEntry(entry: Entry): string {
  switch (entry.type) {
    case "init":
      return `begun: ${entry.circuit}, 2^${floorLog2(entry.domain)} rows, powers of tau 2^${entry.ptau.power} (blake2b ${entry.ptau.blake2b512.slice(0, 16)}…)`;
    case "announce":
      return `announced: ${describeSource(entry.beacon)}, due at ${entry.due}`;
    case "contribution":
      return `contribution ${entry.index} by "${entry.name}": ${entry.hash}`;
    case "beacon":
      return `beacon: ${entry.randomness}`;
    case "final":
      return `finished: key ${entry.key}`;
  }
}
