import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAudit } from "../src/audit/describe.js";
import { createProgress } from "../src/progress/progress.js";
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
  print(result, json, ({ name, steps }) => describeAudit(name, steps));
  if (!result.passed) process.exitCode = 1;
}
