import "hardhat/types/config";
import type { Torch2CircomConfig, Torch2CircomUserConfig } from "./config/types.js";

declare module "hardhat/types/config" {
  interface HardhatUserConfig {
    torch2circom?: Torch2CircomUserConfig;
  }

  interface HardhatConfig {
    readonly torch2circom: Torch2CircomConfig;
  }
}
