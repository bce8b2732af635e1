import { INPUT_MODES, SHOWN_OUTPUTS, WEIGHT_MODES } from "../src/program/modes.js";
import { relative } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { BatchManifest, KeyedManifest } from "../src/artifacts/manifest.js";
import { modelPaths } from "../src/artifacts/paths.js";
import { contractNameOf } from "../src/pipeline/verifier.js";
import { describeDropped } from "../src/pipeline/dropped.js";
import { describeAccuracy, describeDomain, describeFidelity } from "../src/pipeline/report.js";
import { LOWEST_BITS } from "../src/circom/explicitBits.js";
import { describeCheck } from "../src/runtime/models/build.js";
import type { SetupKind } from "../src/groth16/types.js";
import { createProgress } from "../src/progress/progress.js";
import { cutting, oneOf, print, perCent, share, sizes, wholeNumber, wholeNumbers } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  card?: string;
  name?: string;
  input?: string;
  weights?: string;
  output?: string;
  inputBits?: string;
  weightBits?: string;
  activationBits?: string;
  ptau?: string;
  ptauSha256?: string;
  lowestBit?: string;
  maxError?: string;
  percentile?: string;
  size?: string;
  batch?: string;
  segments?: string;
  force: boolean;
  check: boolean;
  anyway: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { manifest, report, check } = await hre.torch2circom.build({
    model: args.model,
    samples: args.samples,
    card: args.card,
    name: args.name,
    input: oneOf(args.input, "input", INPUT_MODES),
    weights: oneOf(args.weights, "weights", WEIGHT_MODES),
    output: oneOf(args.output, "output", SHOWN_OUTPUTS),
    inputBits: wholeNumber(args.inputBits, "input-bits"),
    weightBits: wholeNumber(args.weightBits, "weight-bits"),
    activationBits: wholeNumber(args.activationBits, "activation-bits"),
    ptau: args.ptau,
    ptauSha256: args.ptauSha256,
    maxError: share(args.maxError, "max-error"),
    percentile: perCent(args.percentile, "percentile"),
    sizes: sizes(args.size),
    batch: wholeNumbers(args.batch, "batch"),
    segments: cutting(args.segments),
    force: args.force,
    check: args.check,
    anyway: args.anyway,
    lowestBit: oneOf(args.lowestBit, "lowest-bit", LOWEST_BITS),
    progress: createProgress({ silent: args.json }),
  });
  const folder = modelPaths(hre.config.torch2circom.outDir, manifest.name).folder;
  print(manifest, args.json, ({ name, constraints, setup, batches, segments }) => [
    `Built ${name}: ${constraints.nonlinear.toLocaleString("en")} non-linear and ${constraints.linear.toLocaleString("en")} linear constraints`,
    ...(check === undefined ? [] : [`Compared with circom on the whole circuit: ${describeCheck(check)}`]),
    `Range checks, roundings and activations take ${report.floor.ratio.toFixed(2)} times the fewest that their bits allow`,
    ...describeDropped(report.dropped),
    describeDomain(report.provingDomain),
    `Accuracy: ${describeAccuracy(report.accuracy)}`,
    `Values on the samples: ${describeFidelity(report.accuracy)}`,
    ...report.notices.map((notice) => `Note: ${notice}`),
    ...(batches ?? []).map((batch) => describeBatch(batch)),
    ...(segments ?? []).map(describeSegment),
    `Files: ${relative(process.cwd(), folder) || "."}${segments === undefined ? `; verifier: contracts/generated/${contractNameOf(name)}.sol` : ""}`,
    describeSetup(name, setup),
  ]);
}

function describeSetup(name: string, setup: SetupKind): string {
  if (setup === "development")
    return "The key is from a development setup: good on local chains, refused elsewhere (see torch2circom:ceremony:init).";
  if (setup === "ceremony") return "The key is from a ceremony, which anybody can audit.";
  return `The key has one contributor, you, who could forge: let others contribute, from npx hardhat torch2circom:ceremony:init ${name} on.`;
}

function describeSegment({ constraints: { nonlinear, linear } }: KeyedManifest, number: number): string {
  return `Segment ${number + 1}: ${(nonlinear + linear).toLocaleString("en")} constraints`;
}

function describeBatch({ jobs, constraints: { nonlinear, linear } }: BatchManifest): string {
  return `${jobs} jobs in one proof: ${(nonlinear + linear).toLocaleString("en")} constraints`;
}
