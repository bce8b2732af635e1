/**
 * Mutation run of the contracts: `npx tsx test/contracts/mutation/run.ts [--every n] [file …]`. Works in a copy of
 * the project, changes one place at a time, and runs the contracts' tests until one fails. Survivors are printed;
 * docs/security.md explains those that remain. `--every n` takes a sample: each n-th mutant.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mutantsOf } from "./mutants.js";

const FILES = [
  "InferenceEscrow.sol",
  "ModelRegistry.sol",
  "InferenceConsumer.sol",
  "libraries/BN254.sol",
  "libraries/CodeStorage.sol",
  "libraries/Groth16.sol",
  "libraries/OutputCodec.sol",
  "libraries/VerificationKey.sol",
  "adapters/ERC7992Adapter.sol",
  "adapters/ERC8183Evaluator.sol",
];

const TESTS = [
  "InferenceEscrow.test.ts",
  "InferenceEscrow.settle.test.ts",
  "InferenceEscrow.request.test.ts",
  "ModelRegistry.test.ts",
  "threats.money.test.ts",
  "threats.callbacks.test.ts",
  "threats.proofs.test.ts",
  "InferenceConsumer.test.ts",
  "OutputCodec.test.ts",
  "adapters.test.ts",
].map((name) => `test/contracts/${name}`);

const CONFIG = `
import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";
const path = createRequire(import.meta.url).resolve("solc/soljson.js");
const settings = { evmVersion: "cancun", optimizer: { enabled: true, runs: 1_000_000 } };
export default defineConfig({
  plugins: [toolbox],
  solidity: { profiles: { default: { version: "0.8.28", path, settings } } },
  test: {
    mocha: { bail: true, timeout: 60_000 },
    solidity: { fuzz: { runs: 64 }, invariant: { runs: 8, depth: 64, failOnRevert: true } },
  },
});
`;

const root = join(import.meta.dirname, "..", "..", "..");
const copy = mkdtempSync(join(tmpdir(), "mutation-"));
for (const name of [
  "contracts",
  "test/contracts",
  "src",
  "ignition",
  "types",
  "package.json",
  "tsconfig.json",
]) {
  cpSync(join(root, name), join(copy, name), { recursive: true });
}
rmSync(join(copy, "contracts/generated"), { recursive: true, force: true });
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
writeFileSync(join(copy, "hardhat.config.ts"), CONFIG);

/** What the tests say of the copy as it is. */
function judge(): "stillborn" | "killed" | "survived" {
  const hardhat = join(root, "node_modules/.bin/hardhat");
  const run = (...args: string[]) => spawnSync(hardhat, args, { cwd: copy, timeout: 300_000 }).status === 0;
  if (!run("build", "--no-typechain")) return "stillborn";
  return run("test", "mocha", "--no-compile", ...TESTS) && run("test", "solidity") ? "survived" : "killed";
}

if (judge() !== "survived") throw new Error("The tests fail without any mutation.");
const counts = { stillborn: 0, killed: 0, survived: 0 };
const { values, positionals: chosen } = parseArgs({
  options: { every: { type: "string", default: "1" } },
  allowPositionals: true,
});
let index = 0;
for (const file of chosen.length > 0 ? chosen : FILES) {
  const path = join(copy, "contracts", file);
  const source = readFileSync(path, "utf8");
  for (const { line, before, after } of mutantsOf(source)) {
    if (index++ % Number(values.every) !== 0) continue;
    writeFileSync(
      path,
      source
        .split("\n")
        .with(line - 1, after)
        .join("\n"),
    );
    const verdict = judge();
    counts[verdict]++;
    if (verdict === "survived") console.log(`${file}:${line}\n- ${before.trim()}\n+ ${after.trim()}`);
  }
  writeFileSync(path, source);
  console.log(`${file} done: ${JSON.stringify(counts)}`);
}
rmSync(copy, { recursive: true });
