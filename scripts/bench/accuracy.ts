import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { makeIntegerModel } from "../../src/build/integerModel.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";

// Float against integer for every model of test/fixtures, as a table for the documentation.

const MODELS = join(import.meta.dirname, "..", "..", "test", "fixtures", "models");
const DOCUMENT = join(import.meta.dirname, "..", "..", "docs", "accuracy.md");

const rows: string[] = [];
for (const name of readdirSync(MODELS).sort()) {
  const folder = join(MODELS, name);
  const model = await importModel(join(folder, "model.pt2"));
  const samples = await loadSamples(folder, model.graph);
  const options = { inputBits: 8, input: "committed", output: "public" } as const;
  const { accuracy, netlist, notices } = makeIntegerModel(model, samples, options);
  const { metric, floatScore, integerScore, agreement, maxAbsFloatError, samples: count } = accuracy;
  const show = (score: number | null): string =>
    score === null ? "–" : metric === "accuracy" ? `${(100 * score).toFixed(1)} %` : score.toPrecision(4);
  const bits = notices.find((notice) => /-bit/.test(notice))?.match(/(\d+)-bit/)?.[1] ?? "8";
  rows.push(
    `| ${name} | ${model.parameters.toLocaleString("en")} | ${count} | ${metric ?? "–"} | ${show(floatScore)} | ${show(integerScore)} | ${(100 * agreement).toFixed(1)} % | ${bits} | ${maxAbsFloatError?.toExponential(1) ?? "–"} | ${netlist.cost.nonlinear.toLocaleString("en")} |`,
  );
  console.log(rows.at(-1));
}

const text = `# Accuracy of the integer models

Written by \`npm run bench accuracy\`. \`float\` and \`integer\` are the scores of PyTorch's model and of the integer program
that is proven, on the bundled samples: accuracy for class labels, mean squared error for values. \`agreement\` is the
share of equal decisions, or 1 less the relative root mean square difference where outputs are no decisions. \`bits\` are
those of weights and activations: 8, or more where 8 would lose more than a point (or 5 % of another measure).
\`float error\` is the greatest difference of our float interpreter to PyTorch's own outputs.

| model | parameters | samples | metric | float | integer | agreement | bits | float error | non-linear constraints |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
writeFileSync(DOCUMENT, await format(text, { parser: "markdown", printWidth: 110 }));
