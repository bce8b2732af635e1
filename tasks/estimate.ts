import { basename } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeBytes } from "../src/forecast/fit.js";
import type { Duration } from "../src/forecast/time.js";
import { printable } from "../src/import/exportRecipe.js";
import { describeDropped } from "../src/pipeline/dropped.js";
import { describeDomain } from "../src/pipeline/report.js";
import { INPUT_MODES, SHOWN_OUTPUTS, WEIGHT_MODES } from "../src/program/modes.js";
import { createProgress, formatSeconds } from "../src/progress/progress.js";
import type { BuildEstimate } from "../src/runtime/types.js";
import { oneOf, perCent, print, sizes, wholeNumber } from "./output.js";
import { table } from "./terminal/table.js";

interface Arguments {
  model: string;
  samples?: string;
  input?: string;
  weights?: string;
  output?: string;
  inputBits?: string;
  weightBits?: string;
  activationBits?: string;
  percentile?: string;
  size?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const estimate = await hre.torch2circom.estimate(args.model, {
    samples: args.samples,
    input: oneOf(args.input, "input", INPUT_MODES),
    weights: oneOf(args.weights, "weights", WEIGHT_MODES),
    output: oneOf(args.output, "output", SHOWN_OUTPUTS),
    inputBits: wholeNumber(args.inputBits, "input-bits"),
    weightBits: wholeNumber(args.weightBits, "weight-bits"),
    activationBits: wholeNumber(args.activationBits, "activation-bits"),
    percentile: perCent(args.percentile, "percentile"),
    sizes: sizes(args.size),
    progress: createProgress({ silent: args.json }),
  });
  print(estimate, args.json, (result) => [`${printable(basename(args.model))}:`, ...describe(result)]);
}

function describe({ system, provingDomain, bits, guesses, ...rest }: BuildEstimate): string[] {
  const count = (value: number) => value.toLocaleString("en");
  const { terms, nonlinear, linear, wires } = system;
  const { stages, memoryBytes, powersOfTau } = rest;
  const { inputBits, weightBits, activationBits } = bits;
  const stage = (name: string, { seconds, cpuSeconds }: Duration) => [
    name,
    formatSeconds(seconds),
    formatSeconds(cpuSeconds),
  ];
  return [
    ...guesses.map((guess) => `note: ${guess}`),
    `${inputBits} bits of inputs, ${weightBits} of weights and ${activationBits} of activations`,
    `${count(nonlinear)} non-linear and ${count(linear)} linear constraints, ${count(wires)} wires; terms: ${count(terms.a)} of A, ${count(terms.b)} of B, ${count(terms.c)} of C`,
    ...describeDropped(rest.dropped),
    describeDomain(provingDomain),
    `Powers of tau: 2^${powersOfTau.power} or more (${powersOfTau.file})`,
    `Key: ${describeBytes(rest.keyBytes)} (${count(rest.keyBytes)} bytes); on the disk: ${describeBytes(rest.diskBytes)}`,
    `Memory: ${describeBytes(memoryBytes.key)} for the key, ${describeBytes(memoryBytes.proof)} for a proof`,
    `Public signals: ${count(rest.publicSignals)}; about ${count(rest.gas.fulfill)} gas to verify a proof and pay for it`,
    ...table(
      [
        stage("import", stages.import),
        stage("quantize", stages.quantize),
        stage("link", stages.link),
        stage("development key", stages.key),
        stage("witness", stages.witness),
        stage("proof, snarkjs", stages.proof.snarkjs),
        ...(stages.proof.rapidsnark === undefined
          ? []
          : [stage("proof, rapidsnark", stages.proof.rapidsnark)]),
      ],
      { titles: ["stage", "time", "CPU time"], right: [1, 2], indent: 2 },
    ),
    ...rest.obstacles.map(({ problem, remedy }) => `A build would be refused: ${problem}. ${remedy}`),
  ];
}
