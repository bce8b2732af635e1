import { definePlugin } from "hardhat/plugins";

/** The plugin's face: every action loads lazily, so that listing tasks costs nothing. */
export default definePlugin({
  id: "torch2circom",
  npmPackage: "torch2circom",
});
