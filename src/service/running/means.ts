import { statfs } from "node:fs/promises";
import { formatEther, type Provider } from "ethers";
import { explainRefusal } from "../../client/errors.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { jobGas } from "../../forecast/gas.js";
import { publicSignalCount } from "../../inference/infer.js";
import type { Database } from "../database/database.js";
import { Recent } from "../metrics/recent.js";
import type { JobState } from "../jobs/row.js";
import type { Shop } from "../offer/shop.js";

/** What a job may take beyond what is estimated: of its gas, one part in so many. */
const ROOM = 4n;

/** States of jobs that cost gas still. */
const UNSETTLED: readonly JobState[] = ["accepted", "funding", "funded", "proving", "proven", "settling"];

/** Bytes free on the disk: PostgreSQL's log alone grows to as much between two checkpoints. */
export const LEAST_FREE = 2 ** 30;

/** Milliseconds for which the node's word about balance and fees is taken: a block takes as long. */
const FRESH = 5000;

/** The coin of the account that pays for gas. */
export class Coin {
  private readonly told: Recent<{ readonly balance: bigint; readonly gasPrice: bigint }>;

  constructor(
    provider: Provider,
    private readonly shop: Shop,
    private readonly database: Database,
  ) {
    const ask = async () => {
      const [balance, { gasPrice }] = await Promise.all([
        provider.getBalance(shop.provider),
        provider.getFeeData(),
      ]);
      return { balance, gasPrice: gasPrice ?? 0n };
    };
    this.told = new Recent(() => explainRefusal(ask), FRESH);
  }

  /**
   * Whether it suffices for the gas of all jobs that are open, and of one more: each as if it were funded and settled alone. The
   * jobs are counted each time; the node is asked every few seconds at most.
   *
   * @throws Torch2CircomError INSUFFICIENT_FUNDS
   */
  async require(): Promise<void> {
    const open = await this.database.query<OpenJobs>(
      "select model, count(*)::int as count from job where state = any($1) group by model",
      [UNSETTLED],
    );
    const { balance, gasPrice } = await this.told.read();
    const gas = gasOfJobs(this.shop.models, open);
    const needed = (gas + gas / ROOM) * gasPrice;
    if (balance >= needed) return;
    throw new Torch2CircomError(
      "INSUFFICIENT_FUNDS",
      "The service's account has less coin than the gas of the open jobs and of one more may cost",
      `Send coin to ${this.shop.provider}: ${formatEther(needed)} or more.`,
    );
  }
}

interface OpenJobs {
  readonly model: string;
  readonly count: number;
}

/** Of the open jobs and one more, of the dearest model; also jobs of a model that is not sold any more. */
function gasOfJobs(models: Shop["models"], open: readonly OpenJobs[]): bigint {
  const gasOf = new Map(
    models.map(({ model }) => [model.manifest.name, jobGas(publicSignalCount(model), model.segments.length)]),
  );
  const most = [...gasOf.values()].reduce((a, b) => (a > b ? a : b));
  return open.reduce((sum, { model, count }) => sum + BigInt(count) * (gasOf.get(model) ?? most), most);
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
