import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";

interface Arguments {
  model: string;
  account: number;
  uri?: string;
  allowSingleContributor: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { uri, allowSingleContributor } = args;
  const account = args.account;
  const result = await hre.torch2circom.register(args.model, { account, uri, allowSingleContributor });
  print(result, args.json, ({ modelId, transaction, gasUsed }) => [
    `Registered ${args.model} as ${modelId}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
