import { zKey } from "snarkjs";
import { readR1cs } from "../circom/r1cs.js";
import { serve } from "../progress/thread.js";
import { writeDevelopmentKey } from "./developmentSetup.js";
import { makePhaseTwoKey } from "./phase2.js";
import type { VerificationKey } from "./types.js";

/** Paths of a setup's inputs and of the key to write; without powers of tau it is a development setup. */
export interface SetupRun {
  readonly r1cs: string;
  readonly zkey: string;
  readonly ptau?: string;
  /** Of a development setup: see `DevelopmentKeyOptions`. */
  readonly phaseOne?: string;
}

/** A fraction, or a line of the log. */
export type SetupReport = number | string;

export interface SetupOutcome {
  readonly verificationKey: VerificationKey;
  readonly contributionHashes: readonly string[];
}

serve<SetupRun, SetupOutcome, SetupReport>(async ({ r1cs, zkey, ptau, phaseOne }, report) => {
  const contributionHashes: string[] = [];
  if (ptau === undefined) await writeDevelopmentKey(readR1cs(r1cs), zkey, { phaseOne, onProgress: report });
  else {
    const contributor = "torch2circom build";
    const { contributionHash } = await makePhaseTwoKey({ r1cs, ptau, zkey, contributor, onLog: report });
    contributionHashes.push(contributionHash);
  }
  return { verificationKey: await zKey.exportVerificationKey(zkey), contributionHashes };
});
