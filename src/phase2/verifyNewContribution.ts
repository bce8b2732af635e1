import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "../groth16/snarkjsLog.js";
import type { NewContributionPaths } from "./checkNewContribution.js";
import type { Contribution } from "./contributions.js";
import type { VerifyRun } from "./verifyThread.js";

/**
 * Verifies that a key has exactly one contribution more than the head of its ceremony, and is otherwise the initial
 * key: for a coordinator, at a part of the cost of `verifyKey`. Runs in a process of its own.
 *
 * The new key is in form; its older contributions are byte for byte those of the head; the new one is not a beacon,
 * its secret neither 1 nor -1, and it satisfies the equations of {@link verifyChain}; alpha, beta, gamma, IC, A, B and
 * the coefficients are the initial key's; C and H are the initial key's over delta.
 *
 * @param paths.initial path of the initial key, which was verified.
 * @param paths.before path of the ceremony's last key, which was verified.
 * @param paths.after path of the key to verify.
 * @returns the new contribution.
 * @throws Torch2CircomError with the code KEY_INVALID if it is refused, with the reason.
 */
export function verifyNewContribution(paths: NewContributionPaths): Promise<Contribution> {
  const run: VerifyRun = { kind: "contribution", ...paths };
  return runInThread<Contribution>(new URL("./verifyThread.js", import.meta.url), run, SNARKJS_THREAD);
}
