import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { Torch2CircomError } from "../src/errors/torch2circomError.js";
import { describeDomain } from "../src/pipeline/report.js";
import { createProgress, inStage } from "../src/progress/progress.js";
import type { Trial } from "../src/search/calibrateBits.js";
import { print, share, sizes, wholeNumber } from "./output.js";
import { table } from "./terminal/table.js";

interface Arguments {
  model: string;
  samples?: string;
  maxAccuracyDrop: number;
  heldOut?: string;
  seconds?: string;
  size?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const maxLoss = points(args.maxAccuracyDrop);
  const result = await inStage(
    createProgress({ silent: args.json }),
    "Search for the fewest bits",
    () =>
      hre.torch2circom.calibrate(args.model, args.samples, {
        maxLoss,
        heldOut: share(args.heldOut, "held-out"),
        seconds: wholeNumber(args.seconds, "seconds"),
        sizes: sizes(args.size),
      }),
    ({ trials, complete }) => `${trials} choices of bits${complete ? "" : ", and not all that there are"}`,
  );
  print(result, args.json, ({ best, within, pareto }) => [
    ...describePareto(pareto),
    within
      ? `Fewest within ${maxLoss} points: ${best.nonlinear.toLocaleString("en")} non-linear and ${best.linear.toLocaleString("en")} linear constraints`
      : `No choice of bits loses ${maxLoss} points or less; this one loses ${best.loss.toFixed(2)} points`,
    describeDomain(best.domain),
    "For the model in hardhat.config.ts:",
    ...settings(best.bits),
  ]);
}

function describePareto(trials: readonly Trial[]): string[] {
  const rows = trials.map(({ bits, nonlinear, linear, domain, score, loss, heldOut }) => [
    nonlinear.toLocaleString("en"),
    linear.toLocaleString("en"),
    `2^${domain.power}`,
    `${bits.inputBits}/${bits.weightBits}/${bits.activationBits}`,
    String(Object.keys(bits.layers).length),
    score.toPrecision(4),
    loss.toFixed(2),
    heldOut === undefined ? "–" : heldOut.toFixed(2),
  ]);
  const titles = ["non-linear", "linear", "domain", "bits", "apart", "score", "lost", "held out"];
  return [
    ...table(rows, { titles, right: titles.map((_, column) => column) }),
    "bits: of inputs/weights/activations; apart: layers with bits of their own;",
    "lost, held out: points that are lost on the samples, and on those held out",
  ];
}

/** The lines of a model's configuration, to be pasted. */
function settings({ inputBits, weightBits, activationBits, layers }: Trial["bits"]): string[] {
  const entries = Object.entries(layers).map(([name, bits]) => {
    const fields = Object.entries(bits).map(([key, value]) => `${key}: ${value}`);
    return `    ${JSON.stringify(name)}: { ${fields.join(", ")} },`;
  });
  return [
    `  inputBits: ${inputBits},`,
    `  weightBits: ${weightBits},`,
    `  activationBits: ${activationBits},`,
    ...(entries.length === 0 ? [] : ["  layers: {", ...entries, "  },"]),
  ];
}

function points(value: number): number {
  if (value >= 0 && value <= 100) return value;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `--max-accuracy-drop ${value} is not a number of points from 0 to 100`,
    "Write for example --max-accuracy-drop 0.5.",
  );
}
