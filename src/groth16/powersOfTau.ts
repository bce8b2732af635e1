import { powersOfTau } from "snarkjs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { ErrorLog } from "./snarkjsLog.js";

/**
 * Shows that a file holds the powers of one secret, made by at least one contribution, with the values that phase 2
 * reads of them: what a key is worth that comes from a file which nobody has vouched for by its hash.
 *
 * Long (some 4 seconds of CPU at 2^12, twice that a power), and snarkjs leaves threads behind: to be called in a
 * process of its own.
 *
 * @throws Torch2CircomError if they are not, with what snarkjs found
 */
export async function verifyPowersOfTau(ptau: string, onLog?: (text: string) => void): Promise<void> {
  const log = new ErrorLog(onLog);
  const valid = await powersOfTau.verify(ptau, log).catch((error: Error) => {
    log.error(error.message);
    return false;
  });
  if (valid === true) return;
  throw new Torch2CircomError(
    "PTAU_INVALID",
    `The powers of tau ${ptau} cannot be used: ${log.errors.join("; ") || "they do not verify"}`,
    "Take the file of a public ceremony (its name ends in _final_NN.ptau), or give the sha256 of a file that you trust as `ptau.sha256` in the configuration.",
  );
}
