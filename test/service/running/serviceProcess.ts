import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import torch2circom from "../../../src/index.js";
import type { ServiceServeOptions } from "../../../src/runtime/types.js";

/** What a process of the service does. */
export interface ServiceProcessOptions {
  /** Folder of the project. */
  readonly root: string;
  readonly outDir: string;
  /** Of the chain's node. */
  readonly node: string;
  /** Private keys. */
  readonly accounts: string[];
  /** How it sells. @default it proves */
  readonly serve?: ServiceServeOptions;
}

// `torch2circom:serve` or `torch2circom:work` of a project, as a process that tells all on its output.

const { root, outDir, node, accounts, serve } = JSON.parse(process.argv[2]) as ServiceProcessOptions;
const devnet = { type: "http", chainType: "l1", url: node, accounts } as const;
const { torch2circom: plugin } = await createHardhatRuntimeEnvironment(
  { plugins: [torch2circom], networks: { devnet }, torch2circom: { outDir } },
  { network: "devnet" },
  root,
);
const log = (line: string) => process.stdout.write(`${line}\n`);
if (serve === undefined) await plugin.service.work({ log });
else log(JSON.stringify({ url: (await plugin.service.serve(["iris"], { ...serve, log })).url }));
