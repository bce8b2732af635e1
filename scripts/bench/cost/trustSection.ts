import type { Measured, Results } from "./results.js";
import { summary } from "./statistics.js";
import { cost, count, seconds, table } from "./tables.js";
import type { TRUST_STAGES } from "./types.js";

/** Models whose ceremonies are measured, and how results call them. */
export const TRUST_MODELS = ["digits_mlp", "mnist_lenet5"];
export const trustName = (model: string): string => `trust/${model}`;

type Step = (typeof TRUST_STAGES)[number];

const SHOWN: readonly (readonly [stage: Step, title: string])[] = [
  ["init", "`ceremony:init`: the key without contributions"],
  ["contribute", "`npx torch2circom contribute`"],
  ["take in", "`ceremony:contribute --from`: verify one contribution more"],
  ["verify, own", "verify the key by this package"],
  ["verify, snarkjs", "verify the key by snarkjs"],
  ["finalize", "`ceremony:finalize`: verify the key by both"],
  ["audit", "`audit`: circuit, key by both, circom on the whole circuit"],
];

/** Time and memory of a ceremony, where they were measured. */
export function trustSection({ models }: Results): string {
  const measured = TRUST_MODELS.filter((model) => models[trustName(model)] !== undefined);
  if (measured.length === 0) return "";
  const of = (model: string): Measured => models[trustName(model)];
  const sizes = measured.map((model) => {
    const { rows, power, keyBytes = 0 } = of(model);
    return [model, count(rows), `2^${power}`, `${(keyBytes / 1e6).toFixed(1)} MB`];
  });
  const steps = SHOWN.map(([step, title]) => [
    title,
    ...measured.flatMap((model) => {
      const run = summary(of(model).runs[step]);
      return [cost(run), run === undefined || run.failed !== undefined ? "–" : `${seconds(run.seconds)} s`];
    }),
  ]);
  const headings = measured.flatMap((model) => [`${model}, CPU and memory`, `${model}, clock`]);
  return `## A ceremony and its audit

\`npm run bench trust\`. One contribution to the key of a model as \`build\` makes it, without a beacon.
[Trust](trust.md) explains the steps. Every step is a command or a process of its own. \`npm run bench trust -- --quick\` leaves
out the last three, of which snarkjs takes the most.

${table([["model", "rows", "domain", "key"], ...sizes])}

${table([["step", ...headings], ...steps])}`;
}
