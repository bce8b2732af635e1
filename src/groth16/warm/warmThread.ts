import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { serve } from "../../progress/thread.js";
import { unusableKey } from "../keyErrors.js";
import type { Proof } from "../types.js";
import { assemble, type ProofSums } from "./assemble.js";
import { Engine } from "./engine.js";
import type { PointsName } from "./keyFile.js";
import type { Polynomial } from "./quotient.js";

/** A part of a proof. The process keeps what it reads of the key, and has one key for all its runs. */
export type WarmRun = WarmWork & { readonly zkey: string };

export type WarmWork = WitnessWork | QuotientWork | AssembleWork;

interface WitnessWork {
  readonly kind: "witness";
  /** 32 bytes for each wire. */
  readonly witness: Uint8Array;
  /** Whose values are wanted. */
  readonly polynomials: readonly Polynomial[];
  /** Sections of the key whose sums are wanted. */
  readonly sections: readonly PointsName[];
}

export interface WitnessPart {
  readonly values: readonly Uint8Array[];
  readonly sums: readonly Uint8Array[];
}

interface QuotientWork {
  readonly kind: "quotient";
  /** Index of the first point of the share. */
  readonly first: number;
  /** Of A, B and C on the share. */
  readonly values: readonly Uint8Array[];
}

interface AssembleWork {
  readonly kind: "assemble";
  readonly sums: ProofSums;
  /** Secret scalars of this proof alone. */
  readonly blinding: { readonly r: bigint; readonly s: bigint };
}

let opened: Promise<Engine> | undefined;

serve<WarmRun, WitnessPart | Uint8Array | Proof>(async (run) => {
  try {
    return work(await (opened ??= Engine.open(run.zkey)), run);
  } catch (error) {
    opened = undefined;
    if (error instanceof Torch2CircomError || error instanceof RangeError) throw error;
    throw unusableKey(run.zkey, (error as Error).message, error as Error);
  }
});

function work(engine: Engine, run: WarmWork): WitnessPart | Uint8Array | Proof {
  if (run.kind === "quotient") return engine.sumQuotient(run.first, run.values);
  if (run.kind === "assemble") return assemble(engine.curve, engine.key.header, run.sums, run.blinding);
  const { witness, polynomials, sections } = run;
  return { values: engine.evaluate(witness, polynomials), sums: engine.sumWitness(witness, sections) };
}
