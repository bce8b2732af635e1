import { fieldOperations, pointSums, proofWork, type ProofRates, type Rates } from "./rates.js";
import type { SystemSize } from "../link/size.js";

/** What a stage takes: of all cores together, and on the clock of a machine that does nothing else. */
export interface Duration {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Making a development key. */
export function keyDuration(size: SystemSize, rates: Rates, cores: number): Duration {
  const { G1, G2, processes } = pointSums(size, cores);
  const starts = rates.keyStartSeconds + (processes > 1 ? rates.startSeconds : 0);
  const scalars = fieldOperations(size) * rates.fieldSeconds;
  const points = G1 * rates.sumSeconds.G1 + G2 * rates.sumSeconds.G2;
  const others = Math.max(0, processes - 2) * rates.startSeconds;
  return {
    cpuSeconds: starts + others + scalars + points,
    seconds: starts + scalars + points / processes,
  };
}

/** A first proof with snarkjs, which uses all cores. */
export function snarkjsDuration(size: SystemSize, rates: Rates, cores: number): Duration {
  const work = proofWork(size) * rates.snarkjs.perUnit;
  return { cpuSeconds: rates.snarkjs.start + work, seconds: rates.snarkjs.start + work / cores };
}

/** The same with rapidsnark, verified. */
export function rapidsnarkDuration(
  size: SystemSize,
  { start, perUnit }: ProofRates,
  cores: number,
): Duration {
  const seconds = start + proofWork(size) * perUnit;
  return { cpuSeconds: seconds * cores, seconds };
}
