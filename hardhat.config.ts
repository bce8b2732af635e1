import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig, overrideTask } from "hardhat/config";
import { SOLC } from "./ignition/solc.js";
import torch2circom from "./src/index.js";

const require = createRequire(import.meta.url);
// The npm package carries the compiler, so that a build needs no download.
// HARDHAT_SOLC=native lets Hardhat fetch the native compiler instead.
const path = process.env.HARDHAT_SOLC === "native" ? undefined : require.resolve("solc/soljson.js");

export default defineConfig({
  plugins: [toolbox, torch2circom],
  tasks: [
    overrideTask("build")
      .setAction(() => import("./scripts/abi.js"))
      .build(),
  ],
  // `ignition deploy` and `verify` build with the profile for production, everything else with the default one.
  solidity: { profiles: { default: { ...SOLC, path }, production: { ...SOLC, path } } },
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  test: {
    // For what hangs: a slow or busy machine fails nothing.
    mocha: { timeout: 3_600_000 },
    solidity: {
      // The long suites set FUZZ_RUNS=10000.
      fuzz: { runs: Number(process.env.FUZZ_RUNS ?? 64) },
      invariant: { runs: process.env.FUZZ_RUNS === undefined ? 8 : 256, depth: 128, failOnRevert: true },
    },
  },
  networks: {
    sepolia: {
      type: "http",
      chainType: "l1",
      url: configVariable("SEPOLIA_RPC_URL"),
      accounts: [configVariable("SEPOLIA_PRIVATE_KEY")],
    },
  },
});
