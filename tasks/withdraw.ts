import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";
import { inUnit } from "../src/runtime/payments/amount.js";

export default async function (
  args: { token?: string; to?: string; account: number; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { token, to } = args;
  const account = args.account;
  const result = await hre.torch2circom.withdraw({ account, token, to });
  print(result, args.json, ({ amount, unit, transaction, gasUsed }) => [
    `Withdrew ${inUnit(amount, token ?? ZeroAddress, unit)}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
