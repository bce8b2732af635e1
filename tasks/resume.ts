import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";
import { sendingOptions, type WaitingArguments } from "./sending.js";

const DONE = {
  request: "its payment is locked: give the provider its file",
  fulfill: "it is fulfilled, and the payment can be withdrawn",
  refund: "it is refunded: the client can withdraw the money",
};

export default async function (
  args: WaitingArguments & { job: string; bump: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const result = await hre.torch2circom.resume(args.job, { ...sendingOptions(args), bump: args.bump });
  print(result, args.json, ({ jobId, step, transaction, gasUsed }) => [
    `Job ${jobId}: ${DONE[step]}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
