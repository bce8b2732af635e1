import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { format } from "prettier";
import { makeIntegerModel, type IntegerModel } from "../../src/pipeline/integerModel.js";
import { printCircom } from "../../src/circom/text/print.js";
import { interpret } from "../../src/graph/interpret.js";
import type { Graph } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples, type Samples } from "../../src/import/samples/loadSamples.js";
import { floorOf } from "../../src/netlist/floor.js";
import { calibrateBits } from "../../src/search/calibrateBits.js";
import { attention, mnistCnn, numbers } from "./circuits/models.js";

// Our circuits next to those of circomlib-ml (npm, GPL-3.0: compiled here for comparison, no part of this package),
// compiled in the same run by the same compiler. The figures go to docs/circuits.md.

const ROOT = join(import.meta.dirname, "..", "..");
const LENET = join(ROOT, "test", "fixtures", "models", "mnist_lenet5");
const THEIRS = dirname(createRequire(import.meta.url).resolve("circomlib-ml/package.json"));
const HERE = join(import.meta.dirname, "circuits");
const work = mkdtempSync(join(ROOT, "cache", "bench-"));

interface Compiled {
  readonly nonlinear: number;
  readonly linear: number;
  readonly seconds: number;
  readonly megabytes: number;
}

async function compile(main: string): Promise<Compiled | string> {
  const libraries = JSON.stringify({ "circomlib-ml": THEIRS });
  try {
    const script = join(HERE, "compileOnce.ts");
    const { stdout } = await promisify(execFile)("npx", ["tsx", script, main, join(work, "out"), libraries]);
    return JSON.parse(stdout) as Compiled;
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error);
    return `did not compile: ${/Torch2CircomError: ([^\n]*)/.exec(said)?.[1] ?? said.slice(-300)}`;
  }
}

/** One instance of a template of circomlib-ml as a circuit of its own. */
async function compileTheirs(template: string, call: string): Promise<number> {
  const main = join(work, `${template}.circom`);
  const include = `include "circomlib-ml/circuits/${template}.circom";`;
  writeFileSync(main, `pragma circom 2.1.6;\n${include}\ncomponent main = ${call};\n`);
  const result = await compile(main);
  if (typeof result === "string") throw new Error(`${call}: ${result}`);
  return result.nonlinear;
}

/** Of LeNet-5, whose compilation runs out of the compiler's 4 GB: a product a multiplication, and what a ReLU takes. */
async function derivedLeNet(): Promise<string> {
  const products = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10;
  const activations = 28 * 28 * 6 + 10 * 10 * 16 + 120 + 84;
  const each = await compileTheirs("ReLU", "ReLU()");
  const argmax = await compileTheirs("ArgMax", "ArgMax(10)");
  return `${count(products + activations * each + argmax)} = ${count(products)} products + ${count(activations)} ReLUs of ${each} + ${count(argmax)} for argmax`;
}

const count = (value: number): string => value.toLocaleString("en");
const rows: string[] = [];

function row(
  net: string,
  what: string,
  result: Compiled | string,
  more: { score?: string; floor?: string } = {},
): void {
  const cells =
    typeof result === "string"
      ? [result, "", "", ""]
      : [
          count(result.nonlinear),
          count(result.linear),
          `${result.seconds.toFixed(1)} s`,
          `${count(Math.round(result.megabytes))} MB`,
        ];
  rows.push(`| ${[net, what, ...cells, more.score ?? "–", more.floor ?? "–"].join(" | ")} |`);
  console.log(rows.at(-1));
}

async function ours(net: string, what: string, { program, netlist, accuracy }: IntegerModel): Promise<void> {
  const { main, constants } = printCircom(netlist, { header: [net], constantsFile: "constants.circom" });
  writeFileSync(join(work, "main.circom"), main);
  writeFileSync(join(work, "constants.circom"), constants);
  const result = await compile(join(work, "main.circom"));
  const { ratio, spent, floor } = floorOf(program, netlist);
  const { floatScore, integerScore, metric } = accuracy;
  row(net, what, result, {
    score:
      metric === "accuracy"
        ? `${(100 * integerScore!).toFixed(1)} % (float ${(100 * floatScore!).toFixed(1)} %)`
        : undefined,
    floor: `${ratio.toFixed(3)} (${count(spent)} / ${count(floor)})`,
  });
}

const model = (graph: Graph) => ({
  graph,
  format: "pt2" as const,
  formatDetail: "",
  sha256: "ab".repeat(32),
  parameters: 0,
  notices: [],
});
const options = {
  inputBits: 8,
  weightBits: 8,
  activationBits: 8,
  input: "committed",
  output: "public",
} as const;
/** The search for bits takes a quantization and an evaluation a trial. */
const TRIALS = 40;

async function compare(net: string, graph: Graph, samples: Samples, search: boolean): Promise<void> {
  await ours(net, "here, 8/8/8 bits", makeIntegerModel(model(graph), samples, options));
  if (!search) return;
  const attempt = (bits: object) => makeIntegerModel(model(graph), samples, { ...options, ...bits });
  const { best, trials } = calibrateBits(attempt, { maxLoss: 0.5, maxTrials: TRIALS });
  await ours(net, `here, calibrated within 0.5 points (${trials} trials)`, attempt(best.bits));
}

try {
  const lenet = await importModel(join(LENET, "model.pt2"));
  const digits = await loadSamples(LENET, lenet.graph);
  const cnn = mnistCnn(THEIRS);
  const shipped: Tensor = { dtype: "float", shape: [1, 1, 28, 28], data: cnn.sample };
  const logits = [...interpret(cnn.graph, new Map([["x", shipped]])).values()].at(-1)!.data;
  const difference = Math.max(...cnn.outputs.map((value, i) => Math.abs(value - logits[i])));
  console.log(
    `MNIST CNN: our float graph and circomlib-ml's own outputs differ by ${difference.toExponential(1)}`,
  );
  // Pixels of 0 to 255 over 1000, of the digits that come with LeNet's model.
  const scaled = [...digits.inputs.values()][0].map((image) => ({
    ...image,
    shape: [1, 1, 28, 28],
    data: image.data.map((pixel) => (255 * pixel) / 1000),
  }));
  const samples = { count: digits.count, inputs: new Map([["x", scaled]]), labels: digits.labels };

  row(
    "MNIST CNN",
    "circomlib-ml",
    await compile(join(THEIRS, "test/circuits/mnist_latest_precision_test.circom")),
  );
  await compare("MNIST CNN", cnn.graph, samples, true);
  row("LeNet-5", "circomlib-ml, average pools, derived", await derivedLeNet());
  await compare("LeNet-5", lenet.graph, digits, true);
  row("Attention B2 N3 d4", "earlier tool, no softmax", await compile(join(HERE, "attention.circom")));
  const next = numbers(4);
  const vectors = Array.from({ length: 16 }, () => ({
    dtype: "float" as const,
    shape: [2, 3, 4],
    data: Float64Array.from({ length: 24 }, next),
  }));
  const graph = attention(2, 3, 4, next);
  await compare("Attention B2 N3 d4", graph, { count: 16, inputs: new Map([["x", vectors]]) }, false);

  const text = `# Circuits, side by side

Written by \`npm run bench circuits\`: every row except the derived one was compiled in that run by circom 2.2.3 under \`--O1\`,
on a machine that did other work as well. \`circomlib-ml\` is the npm package 1.4.4, GPL-3.0: it is compiled for this
comparison and is not part of this package.

| net | circuit | non-linear | linear | compile | memory | accuracy | to the floor |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

**compile** is the time of circom on the whole circuit, for all rows alike. A build does not wait for it: it links the
same constraints from gadgets that were compiled once. [Benchmarks](benchmarks.md) has both, side by side.

**Counted constraints.** Our circuits include the range checks of the input, the commitment to it (Poseidon) and the
binding. The others have none of these, take the weights as private inputs that nothing commits to, and leave numbers
unscaled.

**MNIST CNN** is circomlib-ml's own test \`mnist_latest_precision\` with the weights that its package ships; our float graph
of it gives its published outputs to ${difference.toExponential(1)}. **LeNet-5** is the model of \`test/fixtures\`, with max
pools. The row of circomlib-ml has the same shapes with average pools, which cost it nothing; its \`MaxPooling2D\` would cost
comparisons of 252 bits. That row is derived, because circom in WebAssembly runs out of 4 GB on
\`scripts/bench/circuits/lenet.circom\`. Accuracy is that on the ${digits.count} digits of the fixture, from which the ranges were taken too.
**Attention** has projections by weights. The earlier tool has no softmax, and neither rounds nor checks ranges. Our circuit
does all three.

**To the floor**: without a verifier's randomness, k rank-1 constraints define a variety of degree at most 2^k (Bezout), so
that a rounding, an activation or a range check over 2^n values takes n - 1 of them. The ratio compares our non-linear
constraints for these with the sum of their floors. For each element n comes from its exact interval; for a comparison of a
maximum, from the bits of the difference. Products, softmax, hash and binding are left out on both sides. The report of each
build has this ratio. If an element takes n constraints, that is 1.07 times n - 1 at 15 bits, and 1.14 times at 8.
`;
  writeFileSync(
    join(ROOT, "docs", "circuits.md"),
    await format(text, { parser: "markdown", printWidth: 110 }),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
