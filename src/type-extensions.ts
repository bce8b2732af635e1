import "hardhat/types/config";
import "hardhat/types/hre";
import "hardhat/types/network";
import type {} from "@nomicfoundation/hardhat-ethers";
import type { Torch2CircomConfig, Torch2CircomUserConfig } from "./config/types.js";
import type { Torch2CircomRuntime } from "./runtime/types.js";

declare module "hardhat/types/config" {
  interface HardhatUserConfig {
    torch2circom?: Torch2CircomUserConfig;
  }

  interface HardhatConfig {
    readonly torch2circom: Torch2CircomConfig;
  }
}

declare module "hardhat/types/hre" {
  interface HardhatRuntimeEnvironment {
    torch2circom: Torch2CircomRuntime;
  }
}

declare module "hardhat/types/network" {
  interface NetworkConnection<
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- a merged interface has the same parameters
    ChainTypeT extends ChainType | string = DefaultChainType,
  > {
    torch2circom: Torch2CircomRuntime;
  }
}
