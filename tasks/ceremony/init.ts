import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "../output.js";
import { describeNext } from "./describe.js";
import { powersOfTauOptions, type PowersOfTauArguments } from "./powersOfTau.js";

export default async function (args: PowersOfTauArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const ceremonies = await hre.torch2circom.ceremony.init(args.model, powersOfTauOptions(args));
  print(ceremonies, args.json, (all) => all.flatMap(describeNext));
}
