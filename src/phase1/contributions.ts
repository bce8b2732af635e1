import { G1, G2, Malformed } from "./layout.js";

/** A record of a contribution: five points, three public keys with proofs of knowledge, and two hashes. */
const FIXED = 3 * G1 + 2 * G2 + (6 * G1 + 3 * G2) + 216 + 64;

/** A beacon hashes 2^exponent times: snarkjs would go on for years if a file asks for it. */
const MOST_BEACON_EXPONENT = 24;

/**
 * How many contributions a file records. Whether they are true, only a verification finds out; what it would read is
 * bounded here first.
 *
 * @param section number 7 of the file
 * @throws Malformed if records and section do not end together, or a beacon would take for ever
 */
export function countContributions(section: Buffer): number {
  const count = section.length < 4 ? 0 : section.readUInt32LE(0);
  let at = 4;
  for (let i = 0; i < count; i++) {
    if (at + FIXED + 8 > section.length) throw new Malformed("have a contribution that is cut short");
    const end = at + FIXED + 8 + section.readUInt32LE(at + FIXED + 4);
    if (end > section.length) throw new Malformed("have a contribution that is cut short");
    requireParameters(section.subarray(at + FIXED + 8, end), section.readUInt32LE(at + FIXED));
    at = end;
  }
  if (section.length > 0 && at !== section.length)
    throw new Malformed("have something after their last contribution");
  return count;
}

/** Parameters by ascending numbers: 1 a name, 2 a beacon's exponent, 3 its hash. */
function requireParameters(parameters: Buffer, type: number): void {
  const found = new Set<number>();
  for (let at = 0, last = 0; at < parameters.length;) {
    const [id, value] = [parameters[at], parameters[at + 1]];
    if (id <= last || id > 3 || value === undefined)
      throw new Malformed("have a contribution with unknown parameters");
    if (id === 2 && value > MOST_BEACON_EXPONENT)
      throw new Malformed(`have a beacon of 2^${value} hashes, more than 2^${MOST_BEACON_EXPONENT}`);
    at += id === 2 ? 2 : 2 + value;
    if (at > parameters.length) throw new Malformed("have a contribution that is cut short");
    found.add(id);
    last = id;
  }
  const isBeacon = found.has(2) && found.has(3);
  if (type > 1 || (type === 1) !== isBeacon)
    throw new Malformed("have a contribution that is neither a person's nor a beacon's");
}
