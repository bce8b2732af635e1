import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { FIXTURES, temporaryFolder } from "../plugin/project.js";

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, "..", "..");

/** Packs this repository, installs the tarball in an empty project elsewhere, and uses it as its README says. */
describe("the published package", function () {
  this.timeout(600_000);
  const root = temporaryFolder();
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HARDHAT_|NODE_OPTIONS$|CI$|npm_)/.test(name)),
  );
  const inProject = (command: string, ...args: string[]) =>
    run(command, args, { cwd: root, env, maxBuffer: 2 ** 26 });

  before(async () => {
    const packed = await run("npm", ["pack", "--silent", "--pack-destination", root], {
      cwd: REPOSITORY,
      env,
    });
    const tarball = join(root, packed.stdout.trim().split("\n").at(-1)!);
    const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const of = (name: string) => ({ [name]: devDependencies[name] });
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({
        name: "my-dapp",
        private: true,
        type: "module",
        allowScripts: { node: true, esbuild: true },
        devDependencies: {
          torch2circom: `file:${tarball}`,
          ...of("node"),
          ...of("hardhat"),
          ...of("@nomicfoundation/hardhat-ethers"),
          ...of("ethers"),
          ...of("solc"),
        },
      }),
    );
    await inProject("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--silent");
    writeFileSync(
      join(root, "hardhat.config.ts"),
      `import { createRequire } from "node:module";
import torch2circom from "torch2circom";
export default {
  plugins: [torch2circom],
  solidity: {
    version: "0.8.28",
    path: createRequire(import.meta.url).resolve("solc/soljson.js"),
    settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } },
  },
};
`,
    );
  });

  it("builds a model by the command of the README", async () => {
    const { stdout } = await inProject(
      "npx",
      "hardhat",
      "torch2circom:build",
      join(FIXTURES, "iris_mlp", "model.pt2"),
      "--samples",
      join(FIXTURES, "iris_mlp", "samples.npz"),
    );
    expect(stdout).to.contain("Built iris_mlp");
    for (const file of ["main.circom", "main.r1cs", "proving.zkey", "verification_key.json", "manifest.json"])
      expect(existsSync(join(root, "torch2circom", "iris_mlp", file)), file).to.equal(true);
  });

  it("gives contracts to import, which compile beside the generated verifier", async () => {
    mkdirSync(join(root, "contracts"), { recursive: true });
    writeFileSync(
      join(root, "contracts", "MyEscrow.sol"),
      `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
import "torch2circom/contracts/InferenceEscrow.sol";
import {ModelRegistry} from "torch2circom/contracts/ModelRegistry.sol";
contract MyEscrow is InferenceEscrow {
    constructor() InferenceEscrow(new ModelRegistry()) {}
}
`,
    );
    await inProject("npx", "hardhat", "build");
    const artifact = (path: string) => existsSync(join(root, "artifacts", "contracts", path));
    expect(artifact("MyEscrow.sol/MyEscrow.json")).to.equal(true);
    expect(artifact("generated/IrisMlpVerifier.sol/IrisMlpVerifier.json")).to.equal(true);
    expect(
      existsSync(join(root, "torch2circom", "iris_mlp", "manifest.json")),
      "the build survives",
    ).to.equal(true);
  });

  it("offers hre.torch2circom to scripts, up to a paid inference", async () => {
    writeFileSync(
      join(root, "pay.ts"),
      `import hre from "hardhat";
const samples = ${JSON.stringify(join(FIXTURES, "iris_mlp"))};
await hre.torch2circom.deploy();
await hre.torch2circom.register("iris_mlp");
const { jobId } = await hre.torch2circom.request("iris_mlp", { samples, amount: "0.01", account: 1 });
const { outputs } = await hre.torch2circom.fulfill(jobId);
const { amount } = await hre.torch2circom.withdraw();
console.log(JSON.stringify({ amount: amount.toString(), values: outputs[0].values.length }));
`,
    );
    const { stdout } = await inProject("npx", "hardhat", "run", "--no-compile", "pay.ts");
    expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).to.deep.equal({
      amount: "10000000000000000",
      values: 3,
    });
  });
});
