import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import { SALT } from "./ignition/salt.js";
import torch2circom from "./src/index.js";

const require = createRequire(import.meta.url);
// The npm package carries the compiler, so that a build needs no download.
// HARDHAT_SOLC=native lets Hardhat fetch the native compiler instead.
const solcPath = process.env.HARDHAT_SOLC === "native" ? undefined : require.resolve("solc/soljson.js");

export default defineConfig({
  plugins: [toolbox, torch2circom],
  solidity: {
    profiles: {
      default: {
        version: "0.8.28",
        path: solcPath,
        settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 1_000_000 } },
      },
    },
  },
  // Deterministic deployment: `hardhat ignition deploy ignition/modules/Torch2Circom.ts --strategy create2`.
  ignition: { strategyConfig: { create2: { salt: SALT } } },
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  test: {
    solidity: {
      // The long suites set FUZZ_RUNS=10000.
      fuzz: { runs: Number(process.env.FUZZ_RUNS ?? 256) },
      invariant: { runs: process.env.FUZZ_RUNS === undefined ? 32 : 256, depth: 128, failOnRevert: true },
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
