import { expect } from "chai";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Torch2CircomUserConfig } from "../../src/config/types.js";
import torch2circom from "../../src/index.js";

export const FIXTURES = join(import.meta.dirname, "..", "fixtures", "models");

/** An empty folder that goes with the machine's temporary files. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "torch2circom-"));
}

/** A Hardhat project of its own, with nothing but the plugin. */
export async function makeProject(
  config: Torch2CircomUserConfig = {},
): Promise<{ root: string; hre: HardhatRuntimeEnvironment }> {
  const root = temporaryFolder();
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "project", type: "module" }));
  const hre = await createHardhatRuntimeEnvironment(
    { plugins: [torch2circom], torch2circom: config },
    {},
    root,
  );
  return { root, hre };
}

/** What an attempt is refused with. */
export async function refusalOf(attempt: () => Promise<unknown>): Promise<string> {
  return attempt().then(
    () => expect.fail("it was not refused"),
    (error: Error) => error.message,
  );
}
