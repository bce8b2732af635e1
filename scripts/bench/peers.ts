import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileCircom } from "../../src/circom/compile.js";
import { begin } from "./cost/begin.js";
import { writeBenchmarks } from "./cost/document.js";
import { GADGETS } from "./cost/gadgets.js";
import { measure, missing } from "./cost/measure.js";
import { MODELS } from "./cost/models.js";
import { addGadget, readResults, ROOT } from "./cost/results.js";
import type { StageName } from "./cost/types.js";

// Others' ways beside ours: `npm run bench peers [model ...] [-- --runs n --fresh]`. circom on whole circuits, and elements
// of circomlib-ml (npm, GPL-3.0: compiled for comparison, no part of this package).

const { names, runs } = begin(Object.keys(MODELS));
const STAGES: readonly StageName[] = ["link, cold", "circom"];
for (const name of names)
  if (missing(name, STAGES, runs).length > 0) await measure(MODELS[name](), STAGES, { runs });

const folder = join(ROOT, "cache", "bench", "gadgets");
const theirs = dirname(createRequire(import.meta.url).resolve("circomlib-ml/package.json"));
for (const { file, call } of GADGETS.flatMap((row) => [row.theirs, row.ours])) {
  if (readResults().gadgets[call] !== undefined) continue;
  mkdirSync(folder, { recursive: true });
  const main = join(folder, "main.circom");
  writeFileSync(main, `pragma circom 2.1.6;\ninclude "${file}";\ncomponent main = ${call};\n`);
  const libraries = { "circomlib-ml": theirs };
  const { constraints } = await compileCircom({ main, outDir: join(folder, "out"), libraries, wasm: false });
  addGadget(call, constraints.nonlinear);
  console.log(`${call}: ${constraints.nonlinear} non-linear constraints`);
}
rmSync(folder, { recursive: true, force: true });
await writeBenchmarks();
