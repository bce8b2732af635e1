import { access } from "node:fs/promises";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { runInThread } from "../progress/thread.js";
import { type CircuitInput, witnessValues } from "./witnessGenerator.js";
import type { WitnessRun } from "./witnessThread.js";

/**
 * Calculates the witness for an input in a process of its own.
 *
 * A generator of a large circuit has huge functions that V8 would spend longer on optimizing than they run;
 * `--liftoff-only` forbids it, and is a setting of a whole process.
 *
 * @param wasm path of the witness generator.
 * @returns one value in [0, r) for each wire, in the order of the `.r1cs`.
 * @throws Torch2CircomError if the generator is missing or refuses the input.
 */
export async function calculateWitness(wasm: string, input: CircuitInput): Promise<bigint[]> {
  await access(wasm).catch((cause: Error) => {
    throw new Torch2CircomError(
      "BUILD_DAMAGED",
      `The witness generator ${wasm} is not there`,
      "Build the model first (torch2circom:build).",
      cause,
    );
  });
  const run: WitnessRun = { wasm, input };
  const bytes = await runInThread<Uint8Array>(new URL("./witnessThread.js", import.meta.url), run, {
    processFlags: ["--liftoff-only"],
  });
  return witnessValues(bytes);
}

export { type CircuitInput, witnessValues } from "./witnessGenerator.js";
