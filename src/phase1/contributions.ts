import { BEACON_EXPONENTS } from "../phase2/contributions.js";
import { need } from "../phase2/refused.js";
import { G1, G2 } from "./layout.js";

/** A record of a contribution: five points, three public keys with proofs of knowledge, and two hashes. */
const FIXED = 3 * G1 + 2 * G2 + (6 * G1 + 3 * G2) + 216 + 64;

const CUT_OFF = "ptau: a contribution that is cut off";

/**
 * How many contributions a file records. Whether they are true, only a verification finds out; what it would read is
 * bounded here first.
 *
 * @param section number 7 of the file
 * @throws Refused if records and section do not end together, or a beacon would take for ever
 */
export function countContributions(section: Buffer): number {
  need(section.length >= 4, CUT_OFF);
  const count = section.readUInt32LE(0);
  let at = 4;
  for (let i = 0; i < count; i++) {
    const parameters = at + FIXED + 8;
    need(parameters <= section.length, CUT_OFF);
    const end = parameters + section.readUInt32LE(parameters - 4);
    need(end <= section.length, CUT_OFF);
    requireParameters(section.subarray(parameters, end), section.readUInt32LE(parameters - 8));
    at = end;
  }
  need(at === section.length, "ptau: something follows its last contribution");
  return count;
}

/** Parameters by ascending numbers: 1 a name, 2 a beacon's exponent, 3 its hash. */
function requireParameters(parameters: Buffer, type: number): void {
  const found = new Set<number>();
  for (let at = 0, last = 0; at < parameters.length;) {
    const id = parameters[at];
    need(id > last && id <= 3, "ptau: a contribution with unknown parameters");
    need(at + 1 < parameters.length, CUT_OFF);
    const value = parameters[at + 1];
    need(
      id !== 2 || value <= BEACON_EXPONENTS.most,
      `ptau: a beacon of 2^${value} hashes, more than 2^${BEACON_EXPONENTS.most}`,
    );
    at += id === 2 ? 2 : 2 + value;
    need(at <= parameters.length, CUT_OFF);
    found.add(id);
    last = id;
  }
  const isBeacon = found.has(2) && found.has(3);
  need(
    type <= 1 && (type === 1) === isBeacon,
    "ptau: a contribution that is neither a person's nor a beacon's",
  );
}
