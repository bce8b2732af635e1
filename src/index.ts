import { definePlugin } from "hardhat/plugins";
import { tasks } from "../tasks/index.js";

export type * from "./config/types.js";
export type * from "./runtime/types.js";
export type * from "./type-extensions.js";

/** The plugin's face: every action and handler loads lazily, so that listing tasks costs nothing. */
export default definePlugin({
  id: "torch2circom",
  npmPackage: "torch2circom",
  dependencies: () => [import("@nomicfoundation/hardhat-ethers")],
  hookHandlers: {
    config: () => import("./hook-handlers/config.js"),
    hre: () => import("./hook-handlers/hre.js"),
    network: () => import("./hook-handlers/network.js"),
    solidity: () => import("./hook-handlers/solidity.js"),
    clean: () => import("./hook-handlers/clean.js"),
  },
  tasks,
});
