import { compileCircom, type CompileReturnType } from "../circom/compile.js";
import { readR1cs, type R1cs } from "../circom/r1cs.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { compareSystems, type Comparison } from "./compare.js";

/** How a linked system differs from the one that circom makes of the circuit's text. */
export interface ComparedSystems extends Comparison {
  readonly whole: R1cs;
  readonly compiled: CompileReturnType;
}

/**
 * Compiles a circuit whole with circom, and compares its constraints with the linked ones.
 *
 * @param main path of the circuit's text
 * @param work folder for what circom makes
 * @returns undefined where circom runs out of memory on it
 */
export async function compareWithCircom(
  linked: R1cs,
  main: string,
  work: string,
): Promise<ComparedSystems | undefined> {
  const compiled = await compileCircom({ main, outDir: work }).catch((error: unknown) => {
    if (error instanceof Torch2CircomError && error.code === "OUT_OF_MEMORY") return undefined;
    throw error;
  });
  if (compiled === undefined) return undefined;
  const whole = readR1cs(compiled.r1cs);
  return { ...compareSystems(linked, whole), whole, compiled };
}
