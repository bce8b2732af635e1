import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { createProgress } from "../src/progress/progress.js";
import type { StatusResult } from "../src/runtime/types.js";
import { describeAnswer, describeHidden, print } from "./output.js";
import { styledState } from "./terminal/style.js";
import { watch } from "./terminal/watch.js";

interface Arguments {
  job: string;
  watch: boolean;
  json: boolean;
}

export default async function (args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const look = () => hre.torch2circom.status(args.job);
  const progress = createProgress({ silent: args.json });
  const result = args.watch ? await watch({ look, words, isEnd, progress }) : await look();
  print(result, args.json, ({ jobId, status, fulfillBy, state, sent, next, payee, outputMode, outputs }) => [
    `Job ${jobId}: ${styledState(status)}`,
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

function words({ status, state }: StatusResult): string {
  return `${status}: ${state}`;
}

/** Whether nothing more happens: an answer, a refund, or a job that cannot be funded any more. */
function isEnd({ status, next }: StatusResult): boolean {
  return status === "fulfilled" || status === "refunded" || (status === "none" && next.length === 0);
}
