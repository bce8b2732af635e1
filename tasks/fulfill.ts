import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAnswer, print } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";

export default async function (
  args: SendingArguments & { job: string; anyway: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { job, anyway } = args;
  const result = await hre.torch2circom.fulfill(job, { ...sendingOptions(args), anyway });
  print(result, args.json, ({ jobId, payee, outputs, answerFile, transaction, gasUsed }) => [
    `Fulfilled job ${jobId}; ${payee} can withdraw the payment`,
    ...outputs.map(describeAnswer),
    ...(answerFile === undefined
      ? []
      : [`The chain knows a commitment to these: give ${answerFile} back to the client`]),
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
