import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./results.js";

/** Gas by transaction, as `gas/contracts.json` has it. */
export type GasTable = Readonly<Record<string, number>>;

export function readGas(): GasTable {
  return JSON.parse(readFileSync(join(ROOT, "gas", "contracts.json"), "utf8")) as GasTable;
}

/** What a job takes in a proof of so many. @returns undefined where it is not measured */
export function gasOfBatch(gas: GasTable, jobs: number): number | undefined {
  return jobs === 1 ? gas.fulfill : gas[`fulfillMany of ${jobs}, per job`];
}

/** What a job takes whose model is in so many segments. @returns undefined where it is not measured */
export function gasOfSegments(gas: GasTable, count: number): number | undefined {
  return count === 1 ? gas.fulfill : gas[`fulfillPipeline, ${count} segments`];
}
