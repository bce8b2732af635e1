import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, required } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";

interface Arguments extends SendingArguments {
  model: string;
  samples?: string;
  index: number;
  amount?: string;
  token?: string;
  provider?: string;
  bond?: string;
  offer?: string;
  seconds: number;
  draft: boolean;
  allowSingleContributor: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { model, allowSingleContributor } = args;
  const sending = sendingOptions(args);
  const terms = () => ({
    samples: args.samples,
    index: args.index,
    amount: required(args.amount, "amount", "0.01"),
    token: args.token,
    provider: args.provider,
    bond: args.bond,
    seconds: args.seconds,
    ...sending,
    allowSingleContributor,
  });
  if (args.draft) {
    const drafted = await hre.torch2circom.draft(model, terms());
    print(drafted, args.json, ({ jobId, file }) => [
      `Drafted job ${jobId}: nothing was sent`,
      `Give the provider this file, to be accepted (torch2circom:accept); it holds your input: ${file}`,
    ]);
    return;
  }
  const { offer } = args;
  const options = offer === undefined ? terms() : { ...sending, offer, allowSingleContributor };
  const result = await hre.torch2circom.request(model, options);
  const unit = args.token === undefined ? "in the native token" : `of ${args.token}`;
  print(result, args.json, ({ jobId, file, transaction, gasUsed }) => [
    offer === undefined
      ? `Job ${jobId}: ${args.amount} ${unit} locked`
      : `Job ${jobId}: funded, as its provider accepted it`,
    `Give the provider this file; it holds your input: ${file}`,
    `Or give it to the provider's service: npx hardhat torch2circom:buy <url> --job ${jobId}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
