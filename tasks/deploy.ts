import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { Torch2CircomError } from "../src/errors/torch2circomError.js";
import { print } from "./output.js";

export default async function (
  args: { account: number; fundFactory: boolean; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { networkConfig, networkName } = await hre.network.getOrCreate();
  // A script may want such a chain; a command that ends with it cannot.
  if (networkConfig.type === "edr-simulated") {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `The network "${networkName}" is a chain inside this process, which ends with the command`,
      "Choose another with --network <name>. For a local one run npx hardhat node --hostname 127.0.0.1 in another terminal, then npx hardhat torch2circom:deploy --network localhost.",
    );
  }
  const result = await hre.torch2circom.deploy({
    account: args.account,
    fundFactory: args.fundFactory || undefined,
  });
  print(result, args.json, ({ registry, escrow, transactions, file }) => [
    `Model registry: ${registry}, ${origin(transactions.registry)}`,
    `Escrow:         ${escrow}, ${origin(transactions.escrow)}`,
    ...(file === undefined ? [] : [`Written to ${file}`]),
  ]);
}

function origin(transaction?: string): string {
  return transaction === undefined ? "there already" : `deployed by transaction ${transaction}`;
}
