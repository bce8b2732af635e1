import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createProgress, inStage } from "../src/progress/progress.js";
import { describeAnswer, print } from "./output.js";

export default async function (
  args: { job: string; account: number; anyway: boolean; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { account, anyway } = args;
  const result = await inStage(createProgress({ silent: args.json }), "Prove and fulfill", () =>
    hre.torch2circom.fulfill(args.job, { account, anyway }),
  );
  print(result, args.json, ({ jobId, payee, outputs, answerFile, transaction, gasUsed }) => [
    `Fulfilled job ${jobId}; ${payee} can withdraw the payment`,
    ...outputs.map(describeAnswer),
    ...(answerFile === undefined
      ? []
      : [`The chain knows a commitment to these: give ${answerFile} back to the client`]),
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
