import { zKey } from "snarkjs";
import { ErrorLog } from "../groth16/snarkjsLog.js";
import { serve } from "../progress/thread.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

export interface InitialKeyRun {
  readonly r1cs: string;
  readonly ptau: string;
  /** The file to write. */
  readonly key: string;
}

/** Makes a key without contributions. Long; to be run in a process of its own. @returns the circuit's hash in the key, in hexadecimal */
serve<InitialKeyRun, string, string>(async ({ r1cs, ptau, key }, report) => {
  const log = new ErrorLog(report);
  const hash = await zKey.newZKey(r1cs, ptau, key, log);
  if (hash !== -1) return Buffer.from(hash).toString("hex");
  throw new Torch2CircomError(
    "PTAU_INVALID",
    `The powers of tau ${ptau} cannot be used: ${log.errors.join("; ")}`,
    "Give a prepared .ptau file (its name ends in _final_NN.ptau) with 2^NN at least the number of constraints.",
  );
});
