import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, wholeNumber } from "./output.js";

interface Arguments {
  model: string;
  account?: string;
  uri?: string;
  allowSingleContributor: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { uri, allowSingleContributor } = args;
  const account = wholeNumber(args.account, "account");
  const result = await hre.torch2circom.register(args.model, { account, uri, allowSingleContributor });
  print(result, args.json, ({ modelId, transaction, gasUsed }) => [
    `Registered ${args.model} as ${modelId}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
