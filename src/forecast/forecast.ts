import type { SystemSize } from "../link/size.js";
import { publicFile } from "../phase1/publicFiles.js";
import { domainPower, keyBytes } from "./keySize.js";
import { keyMemory, proofMemory, r1csBytes } from "./memory.js";
import type { Speed } from "./speed.js";
import { keyDuration, rapidsnarkDuration, snarkjsDuration, type Duration } from "./time.js";

/** What key and proofs of a constraint system take. */
export interface Forecast {
  /** Of the proving key, in bytes. */
  readonly keyBytes: number;
  /** Of what a build writes, in bytes. */
  readonly diskBytes: number;
  /** Of the processes that make the key, and of the one that makes a proof with snarkjs, in bytes. */
  readonly memoryBytes: { readonly key: number; readonly proof: number };
  /** The powers of tau that a ceremony needs at least, and the smallest public file that has them. */
  readonly powersOfTau: { readonly power: number; readonly file: string };
}

/** What does not depend on the machine's speed. @param cores of the machine */
export function forecastOf(size: SystemSize, cores: number): Forecast {
  const power = domainPower(size);
  const key = keyBytes(size);
  return {
    keyBytes: key,
    // The plan of witnesses takes less than the rows.
    diskBytes: key + 2 * r1csBytes(size),
    memoryBytes: { key: keyMemory(size, cores), proof: proofMemory(size) },
    powersOfTau: { power, file: publicFile(power)?.name ?? "no file has so many" },
  };
}

/** Of key and first proof, by prover. */
export interface Durations {
  readonly key: Duration;
  readonly proof: { readonly snarkjs: Duration; readonly rapidsnark?: Duration };
}

/** How long key and proofs take on a machine of this speed. */
export function durationsOf(size: SystemSize, { rates, cores }: Speed): Durations {
  const { rapidsnark } = rates;
  return {
    key: keyDuration(size, rates, cores),
    proof: {
      snarkjs: snarkjsDuration(size, rates, cores),
      ...(rapidsnark && { rapidsnark: rapidsnarkDuration(size, rapidsnark, cores) }),
    },
  };
}
