import { setTimeout as wait } from "node:timers/promises";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import type { JobState } from "../../../src/service/jobs/row.js";
import { Fleet } from "../../../test/service/running/fleet.js";
import { Market } from "../../../test/service/running/market.js";
import { AT_A_TIME, BATCH, BLOCK, CONFIRMATIONS, type Sales } from "./figures.js";

const DONE: readonly JobState[] = ["proven", "settling", "settled", "final"];

/** Sells answers to clients of which each orders another one when it has its answer. */
export async function sell(provers: number, jobs: number): Promise<Sales> {
  const market = await Market.open();
  await market.devnet.anvil.send("evm_setIntervalMining", BLOCK);
  const options = { confirmations: CONFIRMATIONS, wait: 5, batch: BATCH, promise: 1_000_000 };
  const fleet = await Fleet.start(market, provers, options);
  try {
    // Every prover has its key in memory when it counts.
    await run(fleet, 2 * provers, provers);
    while ((await busy(fleet)) < provers) await run(fleet, provers, provers);
    const [{ now }] = await fleet.database.query<{ now: Date }>("select now()");
    const start = performance.now();
    const latencies = await run(fleet, jobs, AT_A_TIME * provers);
    const minutes = (performance.now() - start) / 60_000;
    const open = () => fleet.database.query("select from job where state not in ('final', 'quoted') limit 1");
    while ((await open()).length > 0) await wait(200);
    const [{ gas }] = await fleet.database.query<{ gas: number }>(
      "select (sum(gas_used) / (select count(*) from job where state = 'final'))::int as gas from tx where status = 1",
    );
    const [{ proof }] = await fleet.database.query<{ proof: number }>(
      `select percentile_cont(0.5) within group (order by seconds) as proof from attempt
       where outcome = 'proven' and started_at > $1`,
      [now],
    );
    return {
      ...{ provers, jobs, gas },
      jobsPerMinute: rounded(jobs / minutes, 1),
      p50: rounded(quantile(latencies, 0.5), 2),
      p99: rounded(quantile(latencies, 0.99), 2),
      proof: rounded(proof, 2),
    };
  } finally {
    await fleet.close();
    await market.close();
  }
}

/** Buys answers. @returns seconds of each */
async function run(fleet: Fleet, jobs: number, atATime: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = jobs;
  const client = async () => {
    while (left-- > 0) {
      const start = performance.now();
      await answer(fleet);
      latencies.push((performance.now() - start) / 1000);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, atATime) }, client));
  return latencies;
}

async function answer({ market, database, service }: Fleet): Promise<void> {
  const order = await whereThere(() => market.order(undefined, service.url));
  await market.pay(order);
  const state = async () => {
    const rows = await database.query<{ state: JobState }>("select state from job where id = $1", [
      order.purchase.jobId,
    ]);
    return rows[0].state;
  };
  while (!DONE.includes(await state())) await wait(100);
}

/** Repeats what needs a prover, until the first one is up. */
async function whereThere<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Torch2CircomError) || error.code !== "BUILD_BUSY") throw error;
      await wait(200);
    }
  }
}

/** How many provers have proven. */
async function busy({ database }: Fleet): Promise<number> {
  const [{ count }] = await database.query<{ count: number }>(
    "select count(distinct prover)::int as count from attempt where outcome = 'proven'",
  );
  return count;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
