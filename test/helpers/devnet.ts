import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import torch2circom, { type Torch2CircomUserConfig } from "../../src/index.js";
import { makeProject } from "../plugin/project.js";
import { KEYS, startAnvil, type Anvil } from "./anvil.js";

/** An empty project, whose network "devnet" is a node of its own, and "second" the same without accounts. */
export interface Devnet {
  readonly anvil: Anvil;
  readonly hre: HardhatRuntimeEnvironment;
}

/**
 * Starts a node, which the caller closes, and makes a project for it.
 *
 * @param config of the project
 * @param options of anvil
 */
export async function startDevnet(
  config: Torch2CircomUserConfig = {},
  ...options: string[]
): Promise<Devnet> {
  const anvil = await startAnvil(...options);
  const { root } = await makeProject();
  const devnet = { type: "http", chainType: "l1", url: anvil.url, accounts: KEYS } as const;
  const second = { type: "http", chainType: "l1", url: anvil.url } as const;
  const hre = await createHardhatRuntimeEnvironment(
    { plugins: [torch2circom], networks: { devnet, second }, torch2circom: config },
    { network: "devnet" },
    root,
  );
  return { anvil, hre };
}
