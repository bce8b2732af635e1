import { powersOfTau } from "snarkjs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { ErrorLog } from "../groth16/snarkjsLog.js";
import { requirePowersOfTau } from "./header.js";
import { verifiedFraction } from "./verifiedFraction.js";

/**
 * Shows that a file holds the powers of one secret, made by at least one contribution, with the values that phase 2
 * reads of them: what a key is worth that comes from a file which nobody has vouched for by its hash.
 *
 * Long (some 4 seconds of CPU at 2^12, twice that a power, and the more the larger the ceremony was), and snarkjs leaves
 * threads behind: to be called in a process of its own.
 *
 * @param onProgress gets the fraction that is verified
 * @throws Torch2CircomError if they are not, with what snarkjs found
 */
export async function verifyPowersOfTau(
  ptau: string,
  onProgress?: (fraction: number) => void,
): Promise<void> {
  // snarkjs reads on past a section's end, and would never return from a beacon of too many hashes.
  const { power } = await requirePowersOfTau(ptau, 0);
  let done = 0;
  const log = new ErrorLog((line) => {
    const fraction = verifiedFraction(line, power) ?? 0;
    if (fraction > done) onProgress?.((done = fraction));
  });
  const valid = await powersOfTau.verify(ptau, log).catch((error: Error) => {
    log.error(error.message);
    return false;
  });
  if (valid === true) return;
  throw new Torch2CircomError(
    "PTAU_INVALID",
    `The powers of tau ${ptau} cannot be used: ${log.errors.join("; ") || "they do not verify"}`,
    "Say --ptau hermez for the file of a public ceremony, or give the sha256 of a file that you trust as `ptau.sha256` in the configuration.",
  );
}
