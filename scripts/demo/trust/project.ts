import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import torch2circom from "../../../src/index.js";

/** A project in a folder of its own, which goes away with the process: a ceremony is never written over. */
export async function temporaryProject(): Promise<{ root: string; hre: HardhatRuntimeEnvironment }> {
  const root = mkdtempSync(join(tmpdir(), "torch2circom-demo-"));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "demo", type: "module" }));
  return { root, hre: await createHardhatRuntimeEnvironment({ plugins: [torch2circom] }, {}, root) };
}
