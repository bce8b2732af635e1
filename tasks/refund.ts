import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";

export default async function (
  args: { job: string; account: number; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const receipt = await hre.torch2circom.refund(args.job, { account: args.account });
  print(receipt, args.json, ({ transaction, gasUsed }) => [
    "Refunded: the client can withdraw the money",
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
