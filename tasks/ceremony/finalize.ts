import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "../output.js";
import { describeNext } from "./describe.js";
import { powersOfTauOptions, type PowersOfTauArguments } from "./powersOfTau.js";

export default async function (args: PowersOfTauArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, json } = args;
  const ceremonies = await hre.torch2circom.ceremony.finalize(model, powersOfTauOptions(args));
  print(ceremonies, json, (all) => [
    ...all.flatMap(describeNext),
    `The keys of "${model}" are those of the ceremony: register it again where it was registered before.`,
  ]);
}
