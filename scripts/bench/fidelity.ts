import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { makeIntegerModel, type IntegerModel } from "../../src/pipeline/integerModel.js";
import type { Graph } from "../../src/graph/types.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { percent } from "../../src/quantize/fidelity.js";
import { buildCase, numberCases } from "../../test/helpers/cases.js";
import { writeSection } from "../documentSection.js";

// How far the integers are from the floats, for every model of test/fixtures and every case whose numbers were wrong.

const ROOT = join(import.meta.dirname, "..", "..");
const MODELS = process.env.TORCH2CIRCOM_MODELS ?? join(ROOT, "test", "fixtures", "models");

const rows: string[] = [];

function addRow(name: string, { outputs }: Graph, { accuracy, bits, netlist, notices }: IntegerModel): void {
  const worst = (of: "rmsError" | "greatestError"): string =>
    percent(Math.max(...accuracy.outputs.map((output) => output[of])));
  const cells = [
    name,
    outputs.map(({ shape }) => shape.join(" × ")).join(", "),
    `${bits.inputBits}/${bits.weightBits}/${bits.activationBits}`,
    worst("rmsError"),
    worst("greatestError"),
    netlist.cost.nonlinear.toLocaleString("en"),
    inShort(notices),
  ];
  rows.push(`| ${cells.join(" | ")} |`);
  console.log(rows.at(-1));
}

/** The first notice up to its first stop, and how many more there are. */
function inShort([first, ...others]: readonly string[]): string {
  if (first === undefined) return "–";
  const start = first.split(/[;,(]/)[0].trim();
  return others.length === 0 ? start : `${start} (and ${others.length} more)`;
}

for (const name of readdirSync(MODELS).sort()) {
  const file = join(MODELS, name, "model.pt2");
  if (!existsSync(file)) continue;
  const model = await importModel(file);
  const samples = await loadSamples(join(MODELS, name), model.graph);
  addRow(name, model.graph, makeIntegerModel(model, samples, { input: "committed", output: "public" }));
}
for (const { name } of numberCases) {
  const { model, built } = await buildCase(name);
  addRow(name, model.graph, built);
}

await writeSection(
  join(ROOT, "docs", "accuracy.md"),
  "## Fidelity of the values",
  `Written by \`npm run bench fidelity\`: the difference between the integers of a default build and the floats, for the bundled
models and for the small models of \`test/fixtures/cases\`, whose numbers were once wrong. \`bits\` are those of inputs, weights
and activations. \`rms\` and \`greatest\` are as above, of the worst output.

| model | outputs | bits | rms | greatest | non-linear constraints | notices |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}`,
);
