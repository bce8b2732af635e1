import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "../groth16/snarkjsLog.js";
import { readContributions } from "./readContributions.js";
import type { SnarkjsRun, SnarkjsVerification } from "./snarkjsVerifyThread.js";

/**
 * Lets snarkjs verify a key, in a process of its own, after the key was read strictly: snarkjs never returns from a
 * beacon with a large exponent. It accepts keys under which anybody can forge; `verifyKey` does not.
 *
 * @param run.r1cs path of the circuit, from which snarkjs makes an initial key: minutes for a large circuit.
 * @param run.initial path of an initial key that is known to be right, instead.
 * @param run.ptau path of the powers of tau, prepared for phase 2.
 * @param run.zkey path of the key.
 * @throws Torch2CircomError if the key cannot be read or is not in form.
 */
export async function snarkjsVerify(run: SnarkjsRun): Promise<SnarkjsVerification> {
  readContributions(run.zkey);
  return runInThread<SnarkjsVerification>(
    new URL("./snarkjsVerifyThread.js", import.meta.url),
    run,
    SNARKJS_THREAD,
  );
}
