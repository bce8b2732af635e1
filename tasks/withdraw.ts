import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";
import { describeUnits } from "./units.js";

export default async function (
  args: { token?: string; to?: string; account: number; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { token, to } = args;
  const account = args.account;
  const result = await hre.torch2circom.withdraw({ account, token, to });
  print(result, args.json, ({ amount, transaction, gasUsed }) => [
    `Withdrew ${describeUnits(amount, token)}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
