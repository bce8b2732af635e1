import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const HARDHAT = join(ROOT, "node_modules/.bin/hardhat");
const PARTS = [
  "artifacts",
  "contracts",
  "gas",
  "ignition",
  "package.json",
  "src",
  "tasks",
  "test/contracts",
  "test/helpers",
  "test/plugin",
  "test/random",
  "tsconfig.json",
  "types",
];

/** Milliseconds after which a test has failed: a changed contract may never end. */
const TIMEOUT = 60_000;

const configOf = (timeout: number): string => `
import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";
import { SOLC } from "./ignition/solc.js";
const path = createRequire(import.meta.url).resolve("solc/soljson.js");
export default defineConfig({
  plugins: [toolbox],
  solidity: { profiles: { default: { ...SOLC, path } } },
  test: {
    mocha: { bail: true, timeout: ${timeout} },
    solidity: { fuzz: { runs: 64 }, invariant: { runs: 8, depth: 64, failOnRevert: true } },
  },
});
`;

/** A copy of the project whose contracts can be changed, and the contracts' tests be run, without harm. */
export class ProjectCopy {
  readonly path = mkdtempSync(join(tmpdir(), "torch2circom-copy-"));

  /** @param timeout see {@link TIMEOUT}; contracts that are measured run several times as long */
  constructor(timeout = TIMEOUT) {
    for (const part of PARTS) cpSync(join(ROOT, part), join(this.path, part), { recursive: true });
    for (const place of ["contracts", "artifacts/contracts"]) {
      rmSync(join(this.path, place, "generated"), { recursive: true, force: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.path, "node_modules"));
    writeFileSync(join(this.path, "hardhat.config.ts"), configOf(timeout));
  }

  /** Whether `hardhat <args>` succeeds within the time. */
  hardhat(args: readonly string[], seconds = 300): boolean {
    const options = { cwd: this.path, env: environment(), timeout: seconds * 1000 };
    return spawnSync(HARDHAT, args, options).status === 0;
  }

  /** Starts `hardhat <args>`, to be talked to. */
  start(args: readonly string[], more: NodeJS.ProcessEnv): ChildProcessByStdio<Writable, Readable, null> {
    const env = { ...environment(), ...more };
    return spawn(HARDHAT, args, { cwd: this.path, env, stdio: ["pipe", "pipe", "inherit"] });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Without what the Hardhat that runs this process hands down. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HARDHAT_.*|CI)$/.test(name)));
}
