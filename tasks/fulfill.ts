import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { FulfillResult } from "../src/runtime/types.js";
import { describeAnswer, print } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";

export default async function (
  args: SendingArguments & { jobs: string[]; anyway: boolean; proofs?: string },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { jobs, anyway } = args;
  const options = { ...sendingOptions(args), anyway, proofs: args.proofs?.split(",") };
  const [first, ...others] = jobs;
  if (others.length === 0) {
    const result = await hre.torch2circom.fulfill(first, options);
    print(result, args.json, (one) => [...describeJob(one), describeTransaction(one)]);
    return;
  }
  const results = await hre.torch2circom.fulfillMany(jobs, options);
  print(results, args.json, (all) => {
    const transactions = new Map(all.map((one) => [one.transaction, one]));
    return [...all.flatMap(describeJob), ...Array.from(transactions.values(), describeTransaction)];
  });
}

function describeJob({ jobId, payee, outputs, answerFile }: FulfillResult): string[] {
  return [
    `Fulfilled job ${jobId}; ${payee} can withdraw the payment`,
    ...outputs.map(describeAnswer),
    ...(answerFile === undefined
      ? []
      : [`The chain knows a commitment to these: give ${answerFile} back to the client`]),
  ];
}

function describeTransaction({ transaction, gasUsed }: FulfillResult): string {
  return `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`;
}
