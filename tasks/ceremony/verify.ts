import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeSteps } from "../../src/audit/describe.js";
import { createProgress } from "../../src/progress/progress.js";
import { print } from "../output.js";

interface Arguments {
  model: string;
  ptau?: string;
  ptauSha256?: string;
  require?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, ptau, ptauSha256, require: attested, json } = args;
  const checked = await hre.torch2circom.ceremony.verify(model, {
    ptau,
    ptauSha256,
    attested: attested?.split(",").map((hash) => hash.trim()),
    progress: createProgress({ silent: json }),
  });
  print(checked, json, (all) =>
    all.flatMap(({ circuit, steps }) => [`${circuit}:`, ...describeSteps(steps)]),
  );
  if (checked.some(({ steps }) => steps.some(({ state }) => state === "failed"))) process.exitCode = 1;
}
