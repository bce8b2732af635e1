import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createProgress } from "../src/progress/progress.js";
import { describeSteps } from "./ceremony/describe.js";
import { print } from "./output.js";

interface Arguments {
  target: string;
  model?: string;
  ptau?: string;
  ptauSha256?: string;
  require?: string;
  minContributions: number;
  modelId?: string;
  verifier?: string;
  quick: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { target, model, ptau, ptauSha256, minContributions, modelId, verifier, quick, json } = args;
  const result = await hre.torch2circom.audit(target, {
    model,
    ptau,
    ptauSha256,
    attested: args.require?.split(",").map((hash) => hash.trim()),
    minContributions,
    modelId,
    verifier,
    compile: !quick,
    onChain: hre.globalOptions.network !== undefined,
    progress: createProgress({ silent: json }),
  });
  print(result, json, ({ name, passed, steps }) => [
    `Audit of ${name}:`,
    ...describeSteps(steps),
    passed ? describePassed(steps.filter(({ state }) => state === "skipped").length) : "The audit failed.",
  ]);
  if (!result.passed) process.exitCode = 1;
}

function describePassed(skipped: number): string {
  return skipped === 0 ? "The audit passed." : `The audit passed, but ${skipped} steps could not be done.`;
}
