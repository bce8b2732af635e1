import { statfs } from "node:fs/promises";
import { formatEther, type Provider } from "ethers";
import { explainRefusal } from "../../client/errors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Database } from "../database/database.js";
import type { JobState } from "../jobs/row.js";

/** Gas of a job that is funded and settled alone, with what estimates leave room for. */
const GAS_PER_JOB = 500_000n;

/** States of jobs that cost gas still. */
const UNSETTLED: readonly JobState[] = ["accepted", "funding", "funded", "proving", "proven", "settling"];

/** Bytes free on the disk: PostgreSQL's log alone grows to as much between two checkpoints. */
export const LEAST_FREE = 2 ** 30;

/**
 * Whether the account can pay the gas of all jobs that are open, and of one more.
 *
 * @param address of the account
 * @throws Torch2CircomError INSUFFICIENT_FUNDS
 */
export async function requireCoin(provider: Provider, address: string, database: Database): Promise<void> {
  const [{ count }] = await database.query<{ count: number }>(
    "select count(*)::int as count from job where state = any($1)",
    [UNSETTLED],
  );
  const [balance, { gasPrice }] = await explainRefusal(() =>
    Promise.all([provider.getBalance(address), provider.getFeeData()]),
  );
  const needed = BigInt(count + 1) * GAS_PER_JOB * (gasPrice ?? 0n);
  if (balance >= needed) return;
  throw new Torch2CircomError(
    "INSUFFICIENT_FUNDS",
    "The service's account has less coin than the gas of the open jobs and of one more may cost",
    `Send coin to ${address}: ${formatEther(needed)} or more.`,
  );
}

/**
 * Whether there is room on a disk.
 *
 * @param folder on it
 * @param least bytes that have to be free
 * @throws Torch2CircomError DISK_FULL
 */
export async function requireRoom(folder: string, least: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= least) return;
  throw new Torch2CircomError(
    "DISK_FULL",
    `The disk of the service's database is nearly full: less than ${Math.ceil(least / 2 ** 20)} MiB are free`,
    `Free some space on the disk of ${folder}.`,
  );
}
