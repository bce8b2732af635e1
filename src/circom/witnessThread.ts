import { readFile } from "node:fs/promises";
import { serve } from "../progress/thread.js";
import { type CircuitInput, WitnessGenerator } from "./witnessGenerator.js";

/** One calculation in a process of its own. */
export interface WitnessRun {
  /** Path of the witness generator. */
  readonly wasm: string;
  readonly input: CircuitInput;
}

serve<WitnessRun, Uint8Array>(async ({ wasm, input }) => {
  const generator = await WitnessGenerator.load(await readFile(wasm));
  return generator.calculate(input);
});
