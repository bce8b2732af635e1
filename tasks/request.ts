import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, required } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  index: number;
  amount?: string;
  token?: string;
  provider?: string;
  seconds: number;
  account: number;
  allowSingleContributor: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const result = await hre.torch2circom.request(args.model, {
    samples: args.samples,
    index: args.index,
    amount: required(args.amount, "amount", "0.01"),
    token: args.token,
    provider: args.provider,
    seconds: args.seconds,
    account: args.account,
    allowSingleContributor: args.allowSingleContributor,
  });
  print(result, args.json, ({ jobId, file, transaction, gasUsed }) => [
    `Job ${jobId}: ${args.amount} ${args.token === undefined ? "in the native token" : `of ${args.token}`} locked`,
    `Give the provider this file; it holds your input: ${file}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
