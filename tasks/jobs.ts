import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { inUnit } from "../src/runtime/payments/amount.js";
import type { JobList, ListedJob, Unit } from "../src/runtime/types.js";
import { print } from "./output.js";
import { styledState } from "./terminal/style.js";
import { table } from "./terminal/table.js";

export default async function (
  args: { account: number; blocks: number; json: boolean },
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const { account, blocks } = args;
  print(await hre.torch2circom.jobs({ account, blocks }), args.json, describe);
}

function describe({ jobs, damaged, due, notice }: JobList): string[] {
  const unitOf = (token: string): Unit => due?.balances.find((one) => one.token === token) ?? {};
  return [
    jobs.length === 0 ? "No jobs" : "Jobs:",
    ...jobs.flatMap((job) => describeJob(job, unitOf(job.token))),
    ...damaged.map(({ problem, remedy }) => `Left out: ${problem}. ${remedy}`),
    ...(due === undefined
      ? [`The chain was not asked: ${notice}`]
      : due.balances.map(
          ({ token, amount, ...unit }) =>
            `The escrow on chain ${due.chainId} owes ${due.account} ${inUnit(amount, token, unit)}${token === ZeroAddress || amount === "0" ? "" : ` (torch2circom:withdraw --token ${token})`}`,
        )),
  ];
}

function describeJob(job: ListedJob, unit: Unit): string[] {
  const { jobId, model, chainId, amount, token, status, fulfillBy, state, next = [], file } = job;
  const known = model ?? "known by the chain alone";
  const shown = status === undefined ? `on chain ${chainId}` : styledState(status);
  return [
    `  ${jobId}`,
    ...table([[known, inUnit(amount, token, unit), shown, `until ${fulfillBy}`]], { indent: 4 }),
    ...(state === undefined
      ? []
      : [`    ${state}${job.sent === undefined ? "" : ` (transaction ${job.sent})`}`]),
    ...next.map((command) => `    ${command}`),
    ...(file === undefined ? [] : [`    ${file}`]),
  ];
}
