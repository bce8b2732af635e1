import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { inUnit } from "../src/runtime/payments/amount.js";
import { print } from "./output.js";
import { sendingOptions, type SendingArguments } from "./sending.js";

export default async function (
  args: SendingArguments & { token?: string; to?: string; amount?: string },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { token, to } = args;
  const options = { token, to, amount: args.amount, ...sendingOptions(args) };
  const result = await hre.torch2circom.withdraw(options);
  print(result, args.json, ({ amount, transaction, gasUsed, ...unit }) => [
    `Withdrew ${inUnit(amount, token ?? ZeroAddress, unit)}`,
    `Transaction ${transaction}, ${gasUsed.toLocaleString("en")} gas`,
  ]);
}
