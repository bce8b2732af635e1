import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAnswer, describeHidden, print } from "./output.js";

export default async function (
  args: { job: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const result = await hre.torch2circom.status(args.job);
  print(result, args.json, ({ jobId, status, fulfillBy, state, sent, next, payee, outputMode, outputs }) => [
    `Job ${jobId}: ${status}`,
    ...(status === "funded" ? [`It can be fulfilled until ${fulfillBy}`] : []),
    ...(status === "none" || status === "funded"
      ? [
          `Now ${state}${sent === undefined ? "" : ` (transaction ${sent})`}`,
          ...next.map((command) => `  ${command}`),
        ]
      : []),
    ...(payee === undefined ? [] : [`Paid to ${payee}`]),
    ...(status === "fulfilled" && outputs === undefined ? [describeHidden(outputMode)] : []),
    ...(outputs ?? []).map(describeAnswer),
  ]);
}
