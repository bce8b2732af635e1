import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAnswer, print } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";

export default async function (
  args: SendingArguments & { job: string },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const result = await hre.torch2circom.fulfill(args.job, sendingOptions(args));
  print(result, args.json, ({ jobId, payee, outputs, answerFile, transaction, gasUsed }) => [
    `Fulfilled job ${jobId}; ${payee} can withdraw the payment`,
    ...outputs.map(describeAnswer),
    ...(answerFile === undefined
      ? []
      : [`The chain knows a commitment to these: give ${answerFile} back to the client`]),
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
