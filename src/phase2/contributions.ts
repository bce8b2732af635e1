import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { u32At } from "../groth16/u32.js";
import { SECTION } from "./keyFile.js";
import { G1_BYTES, G2_BYTES, uncompressed } from "./points.js";
import { need } from "./refused.js";
import type { SectionFile } from "./sectionFile.js";

/**
 * One contribution to phase 2, as the key holds it. Points are affine, in the form of the file; they may be off the
 * curve until `verifyChain` has said that they are not.
 *
 * `type`, `name` and `beacon` are in no hash: whoever holds the file can change them unseen. The `hash` binds
 * the circuit and all earlier contributions.
 */
export interface Contribution {
  /** delta·G1 after the contribution. */
  readonly deltaAfter: Uint8Array;
  /** A point of the contributor's choice. */
  readonly g1s: Uint8Array;
  /** The same times the secret. */
  readonly g1sx: Uint8Array;
  /** The point of G2 that the transcript hashes to, times the secret. */
  readonly g2spx: Uint8Array;
  /** 64 bytes: blake2b512 of everything before, and of `g1s` and `g1sx`. */
  readonly transcript: Uint8Array;
  /** A person's, or one with the secret of a public random value. */
  readonly type: "contribution" | "beacon";
  readonly name?: string;
  /** Of a beacon: the secret comes from the value after 2^exponent rounds of sha256. */
  readonly beacon?: {
    readonly exponent: number;
    /** The public random value, in hexadecimal. */
    readonly hash: string;
  };
  /** What a contributor publishes: blake2b512 of points and transcript, in hexadecimal. */
  readonly hash: string;
}

export interface Contributions {
  /** snarkjs's hash of the initial key (csHash), in hexadecimal. It depends on the powers-of-tau file too. */
  readonly circuitHash: string;
  readonly contributions: readonly Contribution[];
}

/** snarkjs writes no beacon below, and takes days for one above: 2^24 rounds take some 20 seconds. */
export const BEACON_EXPONENTS = { least: 10, most: 24 } as const;

const HASH_BYTES = 64;
const [NAME, EXPONENT, BEACON_HASH] = [1, 2, 3];

/** Bytes of the hash of the circuit and of the count, of a contribution, and the most that its parameters take. */
const HEAD_BYTES = HASH_BYTES + 4;
const FIXED_BYTES = 3 * G1_BYTES + G2_BYTES + HASH_BYTES + 8;
const MOST_PARAMETER_BYTES = 2 + 255 + 2 + 2 + 255;

/** Bytes by which a contribution makes a key longer: without a name, and with the longest. */
export const CONTRIBUTION_BYTES = { least: FIXED_BYTES, most: FIXED_BYTES + 2 + 255 } as const;

/** More than any ceremony had; it bounds what a file can make a reader do. */
const MOST_CONTRIBUTIONS = 10_000;

/** The contributions of an open key. @throws Refused if their section is not in form */
export function parseContributions(file: SectionFile<Uint8Array>): Contributions {
  const id = SECTION.contributions;
  const length = file.length(id);
  need(length >= HEAD_BYTES, "contributions: they are cut off");
  const count = u32At(file.read(id, HASH_BYTES, 4));
  need(count <= MOST_CONTRIBUTIONS, `contributions: their number (${count})`);
  // Before anything is allocated for them.
  const most = HEAD_BYTES + count * (FIXED_BYTES + MOST_PARAMETER_BYTES);
  need(length <= most, "contributions: bytes follow the last one");
  const reader = new Reader(file.read(id));
  const circuitHash = bytesToHex(reader.take(HASH_BYTES));
  reader.take(4);
  const contributions = Array.from({ length: count }, (_, i) => parseContribution(reader, i + 1));
  need(reader.isAtEnd(), "contributions: bytes follow the last one");
  return { circuitHash, contributions };
}

/** What the hash of a contribution and later transcripts take in of it. */
export function hashedBytes(contribution: Omit<Contribution, "hash">, name?: string): Uint8Array {
  const { deltaAfter, g1s, g1sx, g2spx, transcript } = contribution;
  const points = [deltaAfter, g1s, g1sx, g2spx].map((point) => uncompressed(point, name));
  return concatBytes(...points, transcript);
}

function parseContribution(reader: Reader, number: number): Contribution {
  const at = `contribution ${number}`;
  const [deltaAfter, g1s, g1sx, g2spx, transcript] = [
    ...[G1_BYTES, G1_BYTES, G1_BYTES, G2_BYTES, HASH_BYTES],
  ].map((bytes) => Uint8Array.from(reader.take(bytes)));
  const type = reader.u32();
  need(type <= 1, `${at}: its type is ${type}`);
  const length = reader.u32();
  need(length <= MOST_PARAMETER_BYTES, `${at}: its parameters are too long`);
  const { name, exponent, beaconHash } = parseParameters(new Reader(reader.take(length)), at);
  const isBeacon = type === 1;
  const hasBeacon = exponent !== undefined && beaconHash !== undefined;
  need(isBeacon ? hasBeacon : exponent === undefined && beaconHash === undefined, `${at}: beacon parameters`);
  const contribution = {
    ...{ deltaAfter, g1s, g1sx, g2spx, transcript },
    type: isBeacon ? ("beacon" as const) : ("contribution" as const),
    ...(name !== undefined && { name }),
    ...(hasBeacon && { beacon: { exponent, hash: bytesToHex(beaconHash) } }),
  };
  const hash = bytesToHex(blake2b(hashedBytes(contribution, at)));
  return { ...contribution, hash };
}

interface Parameters {
  name?: string;
  exponent?: number;
  beaconHash?: Uint8Array;
}

/** Name, exponent and beacon, each at most once and in this order. */
function parseParameters(reader: Reader, at: string): Parameters {
  const parameters: Parameters = {};
  for (let last = 0; !reader.isAtEnd();) {
    const id = reader.u8();
    need(id > last && id <= BEACON_HASH, `${at}: its parameters`);
    last = id;
    if (id === EXPONENT) {
      const exponent = reader.u8();
      const { least, most } = BEACON_EXPONENTS;
      need(exponent >= least && exponent <= most, `${at}: beacon exponent ${exponent} (${least} to ${most})`);
      parameters.exponent = exponent;
    } else if (id === NAME) parameters.name = parseName(reader.take(reader.u8()), at);
    else {
      parameters.beaconHash = reader.take(reader.u8());
      need(parameters.beaconHash.length > 0, `${at}: its beacon is empty`);
    }
  }
  return parameters;
}

/** Names are printed on terminals. */
function parseName(bytes: Uint8Array, at: string): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    need(false, `${at}: its name is not UTF-8`);
  }
  need(!/\p{Cc}/u.test(name), `${at}: its name has control characters`);
  return name;
}

/** Reads bytes in order, and refuses to read what is not there. */
class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  take(length: number): Uint8Array {
    need(length <= this.bytes.length - this.at, "contributions: they are cut off");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u8(): number {
    return this.take(1)[0];
  }

  u32(): number {
    return u32At(this.take(4));
  }
}
