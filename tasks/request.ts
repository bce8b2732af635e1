import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, required, wholeNumber } from "./output.js";

interface Arguments {
  model: string;
  samples?: string;
  index?: string;
  amount?: string;
  token?: string;
  provider?: string;
  seconds?: string;
  account?: string;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const result = await hre.torch2circom.request(args.model, {
    samples: required(args.samples, "samples", "samples.npz"),
    index: wholeNumber(args.index, "index"),
    amount: required(args.amount, "amount", "0.01"),
    token: args.token,
    provider: args.provider,
    seconds: wholeNumber(args.seconds, "seconds"),
    account: wholeNumber(args.account, "account"),
  });
  print(result, args.json, ({ jobId, file, transaction, gasUsed }) => [
    `Job ${jobId}: ${args.amount} locked`,
    `Give the provider this file; it holds your input: ${file}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
