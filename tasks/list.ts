import { relative } from "node:path";
import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { inUnit } from "../src/runtime/payments/amount.js";
import type { Listing } from "../src/runtime/types.js";
import { print } from "./output.js";

export default async function (args: { json: boolean }, hre: HardhatRuntimeEnvironment): Promise<void> {
  print(await hre.torch2circom.list(), args.json, describe);
}

const KEYS = {
  development: "development key, for local chains only",
  "single-contributor": "key with one contributor",
} as const;

function describe({ builds, jobs, damaged, due, notice }: Listing): string[] {
  const unitOf = (token: string) => due?.balances.find((one) => one.token === token)?.unit ?? {};
  return [
    builds.length === 0 ? "No builds: make one with torch2circom:build" : "Builds:",
    ...builds.map(
      ({ name, setup, constraints, inputMode, folder }) =>
        `  ${name}: ${constraints.nonlinear.toLocaleString("en")} non-linear constraints, ${inputMode} input, ${KEYS[setup]} (${relative(process.cwd(), folder)})`,
    ),
    jobs.length === 0 ? "No jobs" : "Jobs:",
    ...jobs.map(
      ({ jobId, model, chainId, amount, token, fulfillBy, status }) =>
        `  ${jobId}: ${model}, ${inUnit(amount, token, unitOf(token))}, ${status ?? `on chain ${chainId}`}, to be fulfilled by ${fulfillBy}`,
    ),
    ...damaged.map(({ problem, remedy }) => `Left out: ${problem}. ${remedy}`),
    ...(due === undefined
      ? [`Balances are unknown: ${notice}`]
      : due.balances.map(
          ({ token, amount, unit }) =>
            `The escrow on chain ${due.chainId} owes ${due.account} ${inUnit(amount, token, unit)}${token === ZeroAddress || amount === "0" ? "" : ` (torch2circom:withdraw --token ${token})`}`,
        )),
  ];
}
