import { expect } from "chai";
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { FIXTURES } from "../plugin/project.js";
import { EXAMPLES, PackageProject } from "./project.js";

/** What of the package is compiled in a project of a user's, and all further examples. */
describe("the published package in a project with contracts", function () {
  const project = new PackageProject();

  before(async () => {
    await project.install();
    const iris = join(FIXTURES, "iris_mlp");
    await project.run(
      "npx",
      "hardhat",
      "torch2circom:build",
      join(iris, "model.pt2"),
      "--samples",
      join(iris, "samples.npz"),
    );
  });

  it("gives contracts to import, which compile beside the generated verifier", async () => {
    mkdirSync(join(project.root, "contracts"), { recursive: true });
    writeFileSync(
      join(project.root, "contracts", "MyEscrow.sol"),
      `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
import "torch2circom/contracts/InferenceEscrow.sol";
import {ModelRegistry} from "torch2circom/contracts/ModelRegistry.sol";
contract MyEscrow is InferenceEscrow {
    constructor() InferenceEscrow(new ModelRegistry()) {}
}
`,
    );
    for (const path of ["consumer/IrisConsumer.sol", "direct/DirectVerification.sol"])
      copyFileSync(join(EXAMPLES, path), join(project.root, "contracts", basename(path)));
    await project.run("npx", "hardhat", "torch2circom:build", "iris");
    const { stdout, stderr } = await project.run("npx", "hardhat", "build");
    // The escrow's guard is OpenZeppelin's: its use of transient storage is no matter of the project.
    expect(stdout + stderr).not.to.match(/warning/i);
    const artifact = (path: string) => existsSync(join(project.root, "artifacts", "contracts", path));
    expect(artifact("MyEscrow.sol/MyEscrow.json")).to.equal(true);
    expect(artifact("generated/IrisMlpVerifier.sol/IrisMlpVerifier.json")).to.equal(true);
    expect(
      existsSync(join(project.root, "torch2circom", "iris_mlp", "manifest.json")),
      "the build survives",
    ).to.equal(true);
  });

  it("runs the examples of a mocha test and of a viem script", async () => {
    cpSync(join(EXAMPLES, "mocha"), join(project.root, "test"), { recursive: true });
    const { stdout } = await project.run("npx", "hardhat", "test", "mocha", "--no-compile");
    expect(stdout).to.contain("1 passing");
    project.example("viem", "settle.ts");
    expect(await project.runScript("settle.ts")).to.match(
      /^status 2, output words 0, 10{16} wei withdrawn: success$/,
    );
  });

  it("runs the examples of contracts: a consumer, and a proof verified directly", async () => {
    for (const [folder, script] of [
      ["consumer", "consume.ts"],
      ["direct", "submit.ts"],
    ] as const) {
      project.example(folder, script);
      expect(await project.runScript(script)).to.match(/class 0$/);
    }
  });
});
