import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import { useOf } from "./session.js";
import { STAGE_WORK } from "./stageWork.js";
import type { Facts, Outcome, StageName, StageParameters } from "./types.js";

// Runs one stage in this process, which leads a session, and prints what it took: `stage.js <stage> <parameters>`.

const [stage, parameters] = process.argv.slice(2);

/** Reads its children before itself: none is reaped between, since this function does not wait. */
const cpuSeconds = (): number => useOf(process.pid).cpuSeconds;

const work = await STAGE_WORK[stage as StageName](JSON.parse(parameters) as StageParameters);
const [cpu, start] = [cpuSeconds(), performance.now()];
let facts: Facts = {};
let failed: string | undefined;
try {
  facts = await work();
} catch (error) {
  if (!(error instanceof Torch2CircomError) || error.code !== "OUT_OF_MEMORY") throw error;
  failed = "out of memory";
}
const outcome: Outcome = {
  cpu: cpuSeconds() - cpu,
  seconds: (performance.now() - start) / 1000,
  ...(failed !== undefined && { failed }),
  facts,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit());
