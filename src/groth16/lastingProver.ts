import type { Torch2CircomConfig } from "../config/types.js";
import { ProcessPool } from "../progress/pool.js";
import { chooseProver } from "./chooseProver.js";
import { PROVER_THREAD } from "./prove.js";
import type { Prover } from "./prover.js";
import { WarmProver } from "./warm/warmProver.js";

/**
 * The prover of a configuration for many proofs with one key, with processes of its own.
 *
 * @param config names it; see `chooseProver`
 * @throws Torch2CircomError if rapidsnark is asked for, and is not there or not executable
 */
export async function openLastingProver(
  config: Pick<Torch2CircomConfig, "prover" | "rapidsnark">,
): Promise<Prover> {
  const pool = new ProcessPool(PROVER_THREAD, [], 1);
  const chosen = await chooseProver(config, { pool });
  // What stays ready need not start with each proof: an engine of our own is faster than snarkjs then.
  return chosen.name === "snarkjs" ? new WarmProver({ pool }) : chosen;
}
