import { formatEther } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { inUnit } from "../../src/runtime/payments/amount.js";
import { print } from "../output.js";

export default async function ({ json }: { json: boolean }, hre: HardhatRuntimeEnvironment): Promise<void> {
  print(
    await hre.torch2circom.service.status(),
    json,
    ({ jobs, amounts, awaited, gasPaid, transactions, provers }) => {
      const states = Object.entries(jobs).map(([state, count]) => `${count} ${state}`);
      const sums = amounts.map(({ token, earned, open, atRisk }) => {
        const [all, owed, risk] = [earned, open, atRisk].map((amount) => inUnit(amount, token, {}));
        return `Earned ${all}; open ${owed}, of which at risk ${risk}`;
      });
      return [
        `Jobs: ${states.length === 0 ? "none" : states.join(", ")}`,
        ...sums,
        ...(awaited === 0 ? [] : [`Funded without a quote, and waiting for their input: ${awaited}`]),
        `Gas: ${formatEther(gasPaid)} of the native token, for ${transactions.mined} transactions; ${transactions.waiting} wait`,
        provers.length === 0
          ? "No prover runs: npx hardhat torch2circom:work, or serve with --provers 1"
          : `Provers: ${provers.map(({ host, pid }) => `${host} (${pid})`).join(", ")}`,
      ];
    },
  );
}
