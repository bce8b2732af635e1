import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";

export default async function (
  args: SendingArguments & { job: string },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const receipt = await hre.torch2circom.refund(args.job, sendingOptions(args));
  print(receipt, args.json, ({ transaction, gasUsed }) => [
    "Refunded: the client can withdraw the money",
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
