import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import { sameShape } from "../../src/tensor/tensor.js";
import type { Graph } from "../../src/graph/types.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples, type Samples } from "../../src/import/samples/loadSamples.js";
import { writeSection } from "../documentSection.js";

// Float against integer for every model of test/fixtures (or of TORCH2CIRCOM_MODELS), as a table for the documentation.

const MODELS =
  process.env.TORCH2CIRCOM_MODELS ?? join(import.meta.dirname, "..", "..", "test", "fixtures", "models");
const DOCUMENT = join(import.meta.dirname, "..", "..", "docs", "accuracy.md");

/** An autoencoder is to give back its input, which is then what each sample truly is. */
function withTruth(samples: Samples, { inputs, outputs }: Graph): Samples {
  const own = samples.inputs.get(inputs[0].id)!;
  if (samples.labels !== undefined || !sameShape(inputs[0].shape, outputs[0].shape)) return samples;
  const data = Float64Array.from(own.flatMap((tensor) => [...tensor.data]));
  return {
    ...samples,
    labels: { dtype: "float", shape: [samples.count, data.length / samples.count], data },
  };
}

const rows: string[] = [];
for (const name of readdirSync(MODELS).sort()) {
  if (!existsSync(join(MODELS, name, "model.pt2"))) continue;
  const folder = join(MODELS, name);
  const model = await importModel(join(folder, "model.pt2"));
  const samples = withTruth(await loadSamples(folder, model.graph), model.graph);
  const options = { inputBits: 8, input: "committed", output: "public" } as const;
  const { accuracy, netlist, notices } = makeIntegerModel(model, samples, options);
  const {
    metric,
    floatScore,
    integerScore,
    crossEntropy,
    agreement,
    maxAbsFloatError,
    samples: count,
  } = accuracy;
  const show = (score: number | null): string =>
    score === null ? "–" : metric === "accuracy" ? `${(100 * score).toFixed(1)} %` : score.toPrecision(4);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const worst = (of: "rmsError" | "greatestError"): string =>
    percent(Math.max(...accuracy.outputs.map((output) => output[of])));
  const bits = notices.find((notice) => /-bit/.test(notice))?.match(/(\d+)-bit/)?.[1] ?? "8";
  rows.push(
    `| ${name} | ${model.parameters.toLocaleString("en")} | ${count} | ${metric ?? "–"} | ${show(floatScore)} | ${show(integerScore)} | ${crossEntropy?.float.toFixed(4) ?? "–"} | ${crossEntropy?.integer.toFixed(4) ?? "–"} | ${percent(agreement)} | ${worst("rmsError")} | ${worst("greatestError")} | ${bits} | ${maxAbsFloatError?.toExponential(1) ?? "–"} | ${netlist.cost.nonlinear.toLocaleString("en")} |`,
  );
  console.log(rows.at(-1));
}

const text = `Written by \`npm run bench accuracy\`. All figures are measured on the bundled samples.

- \`float\` and \`integer\` are the scores of PyTorch's model and of the integer program that is proven: accuracy for class
  labels, mean squared error for values (of autoencoders, between output and input).
- \`entropy\` is the cross entropy of class labels in nats, again of both models.
- \`agreement\` is the share of equal decisions. A decision that the float model leaves open counts as equal. For regression
  outputs it is 1 minus the relative root mean square difference.
- \`rms\` and \`greatest\` are the root mean square error and the greatest error of the output's values, as shares of the
  output's range.
- \`bits\` are those of weights and activations: 8, more where 8 would lose more than a point (or 5 % of another
  measure), or 7 where these bring the circuit below a power of two.
- \`float error\` is the greatest difference between our float interpreter and PyTorch.

| model | parameters | samples | metric | float | integer | entropy, float | integer | agreement | rms | greatest | bits | float error | non-linear constraints |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}`;
await writeSection(DOCUMENT, "# Accuracy of the integer models", text);
