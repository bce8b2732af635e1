import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { print, wholeNumber } from "./output.js";

export default async function (
  args: { account?: string; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const addresses = await hre.torch2circom.deploy({ account: wholeNumber(args.account, "account") });
  print(addresses, args.json, ({ registry, escrow }) => [
    `Model registry: ${registry}`,
    `Escrow:         ${escrow}`,
  ]);
}
