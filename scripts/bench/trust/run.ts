import { type StepPaths, TRUST_STEPS } from "./steps.js";

// Runs one step in this process and prints what it took: `run.ts <step> <paths>`.

const [step, paths] = process.argv.slice(2);
const [before, start] = [process.cpuUsage(), performance.now()];
await TRUST_STEPS[step](JSON.parse(paths) as StepPaths);
const { user, system } = process.cpuUsage(before);
const outcome = {
  cpu: (user + system) / 1e6,
  seconds: (performance.now() - start) / 1000,
  megabytes: process.resourceUsage().maxRSS / 1024,
};
// snarkjs's threads would keep it alive.
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit());
