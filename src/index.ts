import { definePlugin } from "hardhat/plugins";

export type * from "./type-extensions.js";

/** The plugin's face: every action loads lazily, so that listing tasks costs nothing. */
export default definePlugin({
  id: "torch2circom",
  npmPackage: "torch2circom",
  hookHandlers: {
    config: () => import("./hook-handlers/config.js"),
    clean: () => import("./hook-handlers/clean.js"),
  },
});
