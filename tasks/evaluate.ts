import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAccuracy } from "../src/pipeline/report.js";
import { percent } from "../src/quantize/fidelity.js";
import { print, perCent, share, sizes, wholeNumber } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  inputBits?: string;
  weightBits?: string;
  activationBits?: string;
  maxError?: string;
  percentile?: string;
  size?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const evaluation = await hre.torch2circom.evaluate(args.model, args.samples, {
    inputBits: wholeNumber(args.inputBits, "input-bits"),
    weightBits: wholeNumber(args.weightBits, "weight-bits"),
    activationBits: wholeNumber(args.activationBits, "activation-bits"),
    maxError: share(args.maxError, "max-error"),
    percentile: perCent(args.percentile, "percentile"),
    sizes: sizes(args.size),
  });
  print(evaluation, args.json, (result) => [
    describeAccuracy(result),
    ...(result.crossEntropy === undefined
      ? []
      : [
          `cross entropy ${result.crossEntropy.integer.toPrecision(4)} nats a label (float model: ${result.crossEntropy.float.toPrecision(4)})`,
        ]),
    `agreement of integer and float model: ${(100 * result.agreement).toFixed(1)} %`,
    ...result.outputs.map(
      ({ output, rmsError, greatestError }) =>
        `output ${output}: off by ${percent(rmsError)} of its range in the root mean square, ${percent(greatestError)} at most`,
    ),
    `greatest difference of their outputs: ${result.maxAbsIntegerError.toPrecision(3)}`,
    ...(result.maxAbsFloatError === null
      ? []
      : [
          `greatest difference of the float model to the reference outputs: ${result.maxAbsFloatError.toPrecision(3)}`,
        ]),
    ...result.notices.map((notice) => `note: ${notice}`),
  ]);
}
