import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { zKey } from "snarkjs";
import { readR1cs } from "../../src/circom/r1cs.js";
import { writeDevelopmentPowersOfTau } from "../../test/helpers/developmentPowersOfTau.js";
import { MODELS } from "./cost/models.js";
import { BENCH_FOLDER } from "./cost/subject.js";
import { STAGE_WORK } from "./cost/stageWork.js";
import { TRUST_STEPS } from "./trust/steps.js";

// CPU time and memory of the steps of a ceremony: `npm run bench trust [model ...]`. It prints, and documents nothing yet.
// The powers of tau are made here; those of mnist_lenet5, and its initial key, take half an hour.

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ["digits_mlp", "mnist_lenet5"]) {
  const folder = join(BENCH_FOLDER, "trust", name);
  mkdirSync(folder, { recursive: true });
  const { source, samples, bits } = MODELS[name]();
  for (const stage of ["quantize", "link, cold"] as const)
    await (
      await STAGE_WORK[stage]({ source, samples, bits, folder })
    )();
  const [r1cs, ptau, initial, zkey] = ["main.r1cs", "powers.ptau", "initial.zkey", "final.zkey"].map((file) =>
    join(folder, file),
  );
  const { constraints, publicInputs, publicOutputs } = readR1cs(r1cs);
  const power = (constraints + publicInputs + publicOutputs).toString(2).length;
  await writeDevelopmentPowersOfTau(power, ptau);
  await zKey.newZKey(r1cs, ptau, initial);
  await zKey.contribute(initial, zkey, "bench", "bench");
  console.log(`${name}: ${constraints} constraints, domain of 2^${power}`);
  for (const step of Object.keys(TRUST_STEPS)) {
    const run = join(import.meta.dirname, "trust", "run.ts");
    const paths = JSON.stringify({ r1cs, ptau, zkey });
    const output = execFileSync(process.execPath, ["--import", "tsx", run, step, paths], {
      encoding: "utf8",
    });
    const { cpu, seconds, megabytes } = JSON.parse(output) as Record<"cpu" | "seconds" | "megabytes", number>;
    const figures = `${cpu.toFixed(1)} s of CPU, ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`;
    console.log(`  ${step.padEnd(20)}${figures}`);
  }
  rmSync(folder, { recursive: true });
}
// snarkjs's threads would keep it alive.
process.exit();
