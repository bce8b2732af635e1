import { zKey } from "snarkjs";
import { checkKey } from "../../../src/phase2/checkKey.js";

/** Paths of what a step reads. */
export interface StepPaths {
  readonly r1cs: string;
  readonly ptau: string;
  readonly zkey: string;
}

/** Steps of a ceremony that are measured, in their order. Each throws if it does not succeed. */
export const TRUST_STEPS: Readonly<Record<string, (paths: StepPaths) => Promise<void>>> = {
  "verify, own": async (paths) => {
    const { ok, steps } = await checkKey(paths);
    if (!ok) throw new Error(`the key does not verify: ${JSON.stringify(steps)}`);
  },
  "verify, snarkjs": async ({ r1cs, ptau, zkey }) => {
    if (!(await zKey.verifyFromR1cs(r1cs, ptau, zkey))) throw new Error("snarkjs does not accept the key");
  },
};
