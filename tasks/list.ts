import { relative } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Listing } from "../src/runtime/types.js";
import { print } from "./output.js";

export default async function (args: { json: boolean }, hre: HardhatRuntimeEnvironment): Promise<void> {
  print(await hre.torch2circom.list(), args.json, describe);
}

const KEYS = {
  development: "development key, for local chains only",
  "single-contributor": "key with one contributor",
  ceremony: "key of a ceremony",
} as const;

function describe({ builds, damaged }: Listing): string[] {
  return [
    builds.length === 0 ? "No builds: make one with torch2circom:build" : "Builds:",
    ...builds.map(
      ({ name, setup, constraints, inputMode, folder }) =>
        `  ${name}: ${constraints.nonlinear.toLocaleString("en")} non-linear constraints, ${inputMode} input, ${KEYS[setup]} (${relative(process.cwd(), folder)})`,
    ),
    ...damaged.map(({ problem, remedy }) => `Left out: ${problem}. ${remedy}`),
  ];
}
