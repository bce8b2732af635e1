import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAnswer, print } from "./output.js";

export default async function (
  args: { job: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const result = await hre.torch2circom.status(args.job);
  print(result, args.json, ({ jobId, status, fulfillBy, state, sent, next, payee, outputs }) => [
    `Job ${jobId}: ${status}`,
    ...(status === "funded" ? [`It can be fulfilled until ${fulfillBy}`] : []),
    ...(status === "none" || status === "funded"
      ? [
          `Now ${state}${sent === undefined ? "" : ` (transaction ${sent})`}`,
          ...next.map((command) => `  ${command}`),
        ]
      : []),
    ...(payee === undefined ? [] : [`Paid to ${payee}`]),
    ...(status === "fulfilled" && outputs === undefined
      ? ["The chain knows a commitment to the answer: ask the provider for the job's file, which holds it."]
      : []),
    ...(outputs ?? []).map(describeAnswer),
  ]);
}
