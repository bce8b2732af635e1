import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";
import { describeUnits } from "./units.js";

export default async function (
  args: SendingArguments & { token?: string; to?: string; amount?: string },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { token, to } = args;
  const options = { token, to, amount: args.amount, ...sendingOptions(args) };
  const result = await hre.torch2circom.withdraw(options);
  print(result, args.json, ({ amount, decimals, transaction, gasUsed }) => [
    `Withdrew ${describeUnits(amount, token, decimals)}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
