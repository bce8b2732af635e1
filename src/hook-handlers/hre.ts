import type { HardhatRuntimeEnvironmentHooks } from "hardhat/types/hooks";
import "../type-extensions.js";
import { makeRuntime } from "./runtime.js";

/** `hre.torch2circom`, on the network of `--network`. */
export default async (): Promise<Partial<HardhatRuntimeEnvironmentHooks>> => ({
  created: async (_context, hre) => {
    hre.torch2circom = makeRuntime({
      config: hre.config,
      connection: (network) => hre.network.getOrCreate(network),
    });
  },
});
