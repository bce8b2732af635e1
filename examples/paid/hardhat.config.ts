import { defineConfig } from "hardhat/config";
import torch2circom from "torch2circom";

export default defineConfig({
  plugins: [torch2circom],
  solidity: { version: "0.8.28", settings: { evmVersion: "cancun", optimizer: { enabled: true } } },
  torch2circom: { models: { iris: { source: "iris.pt2", samples: "iris.npz", output: "argmax" } } },
});
