import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeSteps } from "../../src/audit/describe.js";
import { print } from "../output.js";
import { powersOfTauOptions, type PowersOfTauArguments } from "./powersOfTau.js";

export default async function (
  args: PowersOfTauArguments & { require?: string },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const attested = args.require?.split(",").map((hash) => hash.trim());
  const options = { ...powersOfTauOptions(args), attested };
  const checked = await hre.torch2circom.ceremony.verify(args.model, options);
  print(checked, args.json, (all) =>
    all.flatMap(({ circuit, steps }) => [`${circuit}:`, ...describeSteps(steps)]),
  );
  if (checked.some(({ steps }) => steps.some(({ state }) => state === "failed"))) process.exitCode = 1;
}
