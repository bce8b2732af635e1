import { formatEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, wholeNumber } from "./output.js";

export default async function (
  args: { token?: string; to?: string; account?: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { token, to } = args;
  const account = wholeNumber(args.account, "account");
  const result = await hre.torch2circom.withdraw({ account, token, to });
  print(result, args.json, ({ amount, transaction, gasUsed }) => [
    token === undefined ? `Withdrew ${formatEther(amount)}` : `Withdrew ${amount} units of ${token}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
