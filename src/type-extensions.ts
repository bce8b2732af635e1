import "hardhat/types/config";
import "hardhat/types/hre";
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
