import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print } from "./output.js";

export default async function (
  args: { account: number; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const result = await hre.torch2circom.deploy({ account: args.account });
  print(result, args.json, ({ registry, escrow, transactions, file }) => [
    `Model registry: ${registry}, ${origin(transactions.registry)}`,
    `Escrow:         ${escrow}, ${origin(transactions.escrow)}`,
    ...(file === undefined ? [] : [`Written to ${file}`]),
  ]);
}

function origin(transaction?: string): string {
  return transaction === undefined ? "there already" : `deployed by transaction ${transaction}`;
}
