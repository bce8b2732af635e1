import { zKey } from "snarkjs";
import { ErrorLog } from "../groth16/snarkjsLog.js";
import { serve } from "../progress/thread.js";

/** What snarkjs verifies a key against: its circuit, or an initial key. */
export type SnarkjsRun = (
  { readonly r1cs: string; readonly initial?: never } | { readonly initial: string; readonly r1cs?: never }
) & {
  readonly ptau: string;
  readonly zkey: string;
};

export interface SnarkjsVerification {
  readonly ok: boolean;
  /** What snarkjs said: all of it if it accepts, what is wrong if it refuses. */
  readonly log: readonly string[];
}

serve<SnarkjsRun, SnarkjsVerification>(async (run) => {
  const lines: string[] = [];
  const log = new ErrorLog((text) => lines.push(text));
  // It prints to the console what it finds about contributions, and tells its log the rest.
  console.log = (...texts: unknown[]) => log.error(texts.join(" "));
  const verify =
    run.r1cs !== undefined
      ? zKey.verifyFromR1cs(run.r1cs, run.ptau, run.zkey, log)
      : zKey.verifyFromInit(run.initial, run.ptau, run.zkey, log);
  const ok = await verify.catch((error: Error) => {
    log.error(error.message);
    return false;
  });
  return ok === true ? { ok, log: lines } : { ok: false, log: log.errors };
});
