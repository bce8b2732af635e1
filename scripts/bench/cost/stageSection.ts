import { MODELS } from "./models.js";
import type { Results } from "./results.js";
import { summary } from "./statistics.js";
import { cost, count, seconds, table } from "./tables.js";
import type { StageName } from "./types.js";

/** What the document says of each model of the table. */
const ABOUT: Readonly<Record<keyof typeof MODELS, string>> = {
  digits_mlp: "classifier of 8 x 8 digits",
  mnist_lenet5: "LeNet-5",
  digits_transformer_mha: "transformer with multi-head attention",
  nanogpt_tiny: "language model",
  wake_word: "MLP of the size of a wake-word model: 1,536 inputs, 128 and 128 neurons, one score",
  mlp_14_layers: "MLP of 14 linear layers: 96 inputs, 530 neurons each, one score",
};

const SHOWN: readonly (readonly [stage: StageName, title: string])[] = [
  ["import", "import"],
  ["quantize", "quantize, measure accuracy, write the circuit"],
  ["second opinion", "second opinion"],
  ["link, cold", "link, no gadget in the cache"],
  ["link, warm", "link, all gadgets in the cache"],
  ["key", "key"],
  ["file to key", "all of these as one build"],
  ["witness", "witness"],
  ["snarkjs", "proof by snarkjs, the first of a process"],
  ["snarkjs, warm", "proof by snarkjs, the next one"],
  ["rapidsnark", "proof by rapidsnark"],
];

/** Time and memory of each stage for the models of the bench. */
export function stageSection({ models }: Results): string {
  const names = Object.keys(MODELS).filter((name) => models[name]?.runs.import !== undefined);
  if (names.length === 0)
    return "## From the model file to a proof\n\nNot measured yet: `npm run bench stages`.";
  const of = (name: string, stage: StageName) => summary(models[name].runs[stage]);
  const sizes = names.map((name) => {
    const { weights, rows, power, terms } = models[name];
    const wall = (stage: StageName): string => {
      const run = of(name, stage);
      return run === undefined ? "–" : `${seconds(run.seconds)} s`;
    };
    return [
      ...[name, ABOUT[name], count(weights), count(rows), `2^${power}`, count(terms)],
      ...[wall("file to key"), wall("snarkjs"), wall("rapidsnark")],
    ];
  });
  const stages = SHOWN.map(([stage, title]) => [title, ...names.map((name) => cost(of(name, stage)))]);
  return `## From the model file to a proof

\`npm run bench stages\`. The first four models are trained (\`test/fixtures/models\`), and get the bits that a build finds. The
others have random weights, which the bench writes to ONNX files, and 8 bits: time follows shapes and bits, not values. Time
on the clock, of all cores, stands in the last three columns. A proof is verified before it counts, and that is part of its
time.

${table([["model", "what it is", "weights", "rows", "domain", "terms", "build, clock", "snarkjs, clock", "rapidsnark, clock"], ...sizes])}

CPU time and peak memory of each stage:

${table([["stage", ...names], ...stages])}`;
}
