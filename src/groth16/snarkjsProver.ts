import type { ProcessPool } from "../progress/pool.js";
import { prove, SHARED_PROVERS } from "./prove.js";
import type { Prover } from "./prover.js";
import { verify } from "./verify.js";

/**
 * snarkjs, in processes that keep their curve and threads.
 *
 * @param pool of processes that prove and verify; `close` ends them. @default {@link SHARED_PROVERS}
 */
export function snarkjsProver(pool: ProcessPool = SHARED_PROVERS): Prover {
  return {
    name: "snarkjs",
    prove: (zkey, witness, verificationKey) => prove(zkey, witness, verificationKey, pool),
    verify: (verificationKey, publicSignals, proof) => verify(verificationKey, publicSignals, proof, pool),
    close: () => pool.close(),
  };
}
