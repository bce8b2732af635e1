import { relative } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Listing } from "../src/runtime/types.js";
import { print } from "./output.js";
import { table } from "./terminal/table.js";

export default async function (args: { json: boolean }, hre: HardhatRuntimeEnvironment): Promise<void> {
  print(await hre.torch2circom.list(), args.json, describe);
}

const KEYS = {
  development: "for local chains only",
  "single-contributor": "of one contributor",
  ceremony: "of a ceremony",
} as const;

function describe({ builds, damaged }: Listing): string[] {
  return [
    builds.length === 0 ? "No builds: make one with torch2circom:build" : "Builds:",
    ...table(
      builds.map(({ name, setup, constraints, inputMode, folder }) => [
        name,
        constraints.nonlinear.toLocaleString("en"),
        inputMode,
        KEYS[setup],
        relative(process.cwd(), folder),
      ]),
      { titles: ["name", "non-linear", "input", "key", "folder"], right: [1], indent: 2 },
    ),
    ...damaged.map(({ problem, remedy }) => `Left out: ${problem}. ${remedy}`),
  ];
}
