import { expect } from "chai";
import { execFile } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { FIXTURES, temporaryFolder } from "../plugin/project.js";

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, "..", "..");
const EXAMPLES = join(REPOSITORY, "examples");

/** Packs this repository, installs the tarball in an empty project elsewhere, and uses it as README and examples do. */
describe("the published package", function () {
  const root = temporaryFolder();
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HARDHAT_|NODE_OPTIONS$|CI$|npm_)/.test(name)),
  );
  const example = (...path: string[]) => copyFileSync(join(EXAMPLES, ...path), join(root, path.at(-1)!));
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
          ...of("@nomicfoundation/hardhat-ignition"),
          ...of("@nomicfoundation/hardhat-ignition-ethers"),
          ...of("@nomicfoundation/hardhat-mocha"),
          // A peer of Ignition, at the version that goes with this Hardhat.
          ...of("@nomicfoundation/hardhat-verify"),
          ...of("ethers"),
          ...of("solc"),
          ...of("viem"),
        },
      }),
    );
    await inProject("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--silent");
    for (const file of ["iris.pt2", "iris.npz", "pay.ts"]) example("paid", file);
    copyFileSync(join(EXAMPLES, "paid", "hardhat.config.ts"), join(root, "example.config.ts"));
    // The example's configuration, with the mocha plugin, and a compiler that needs no download.
    writeFileSync(
      join(root, "hardhat.config.ts"),
      `import { createRequire } from "node:module";
import hardhatIgnition from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import config from "./example.config.js";
const path = createRequire(import.meta.url).resolve("solc/soljson.js");
export default { ...config, plugins: [...config.plugins, hardhatIgnition, hardhatMocha], solidity: { ...config.solidity, path } };
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

  it("has an executable for those who contribute to a key, and for those who audit one", async () => {
    const { stdout } = await inProject("npx", "torch2circom", "help");
    expect(stdout).to.contain("contribute").and.to.contain("audit");
    // The import of the command, and of all that it needs, is what a package can lack.
    const error = await inProject("npx", "torch2circom", "contribute", "no.zkey").catch((e: Error) => e);
    expect((error as Error).message).to.contain("no.zkey cannot be read");
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
    for (const path of ["consumer/IrisConsumer.sol", "direct/DirectVerification.sol"])
      copyFileSync(join(EXAMPLES, path), join(root, "contracts", basename(path)));
    await inProject("npx", "hardhat", "torch2circom:build", "iris");
    const { stdout, stderr } = await inProject("npx", "hardhat", "build");
    // The escrow's guard is OpenZeppelin's: its use of transient storage is no matter of the project.
    expect(stdout + stderr).not.to.match(/warning/i);
    const artifact = (path: string) => existsSync(join(root, "artifacts", "contracts", path));
    expect(artifact("MyEscrow.sol/MyEscrow.json")).to.equal(true);
    expect(artifact("generated/IrisMlpVerifier.sol/IrisMlpVerifier.json")).to.equal(true);
    expect(
      existsSync(join(root, "torch2circom", "iris_mlp", "manifest.json")),
      "the build survives",
    ).to.equal(true);
  });

  it("deploys by Ignition, with artifacts of its own", async () => {
    writeFileSync(
      join(root, "ignite.ts"),
      `import hre from "hardhat";
import Torch2Circom from "torch2circom/ignition";
const { ignition } = await hre.network.create();
const { registry, escrow } = await ignition.deploy(Torch2Circom);
console.log((await escrow.registry()) === (await registry.getAddress()));
`,
    );
    expect(await runScript("ignite.ts")).to.equal("true");
  });

  const runScript = async (file: string): Promise<string> =>
    (await inProject("npx", "hardhat", "run", "--no-compile", file)).stdout.trim().split("\n").at(-1)!;

  it("runs the example of a paid inference, in five files", async () => {
    expect(readdirSync(join(EXAMPLES, "paid"))).to.have.members([
      "hardhat.config.ts",
      "iris.npz",
      "iris.pt2",
      "package.json",
      "pay.ts",
    ]);
    expect(await runScript("pay.ts")).to.equal("fulfilled: class 0, for 0.01 ETH");
  });

  it("runs the examples of a mocha test and of a viem script", async () => {
    cpSync(join(EXAMPLES, "mocha"), join(root, "test"), { recursive: true });
    const { stdout } = await inProject("npx", "hardhat", "test", "mocha", "--no-compile");
    expect(stdout).to.contain("1 passing");
    example("viem", "settle.ts");
    expect(await runScript("settle.ts")).to.match(
      /^status 2, output words 0, 10{16} wei withdrawn: success$/,
    );
  });

  it("runs the examples of contracts: a consumer, and a proof verified directly", async () => {
    for (const [folder, script] of [
      ["consumer", "consume.ts"],
      ["direct", "submit.ts"],
    ] as const) {
      example(folder, script);
      expect(await runScript(script)).to.match(/class 0$/);
    }
  });
});
