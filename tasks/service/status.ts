import { formatEther, ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Books } from "../../src/service/books/books.js";
import { print } from "../output.js";
import { styled, styledState } from "../terminal/style.js";
import { table } from "../terminal/table.js";

export default async function ({ json }: { json: boolean }, hre: HardhatRuntimeEnvironment): Promise<void> {
  print(await hre.torch2circom.service.status(), json, describe);
}

function describe({ jobs, amounts, awaited, gasPaid, transactions, provers }: Books): string[] {
  const states = Object.entries(jobs).map(([state, count]) => `${count} ${styledState(state)}`);
  const { mined, waiting } = transactions;
  return [
    ...table([
      ["Jobs", states.length === 0 ? "none" : states.join(", ")],
      ...(awaited === 0 ? [] : [["Awaited", `${awaited}, funded without a quote: their inputs are missing`]]),
      ["Gas", `${formatEther(gasPaid)} of the native token`],
      ["Transactions", `${mined} mined, ${waiting} waiting`],
      [
        "Provers",
        provers.length === 0
          ? `${styled("care", "none")}: npx hardhat torch2circom:work, or serve with --provers 1`
          : provers.map(({ host, pid }) => `${host} (${pid})`).join(", "),
      ],
    ]),
    ...describeAmounts(amounts),
  ];
}

function describeAmounts(amounts: Books["amounts"]): string[] {
  if (amounts.length === 0) return [];
  const rows = amounts.map(({ token, earned, open, atRisk }) => {
    const isNative = token === ZeroAddress;
    const [all, owed, risk] = [earned, open, atRisk].map((amount) =>
      isNative ? formatEther(amount) : String(amount),
    );
    return [
      all,
      owed,
      atRisk > 0n ? styled("care", risk) : risk,
      isNative ? "in the native token" : `units of ${token}`,
    ];
  });
  return ["", ...table(rows, { titles: ["earned", "open", "at risk", ""], right: [0, 1, 2] })];
}
