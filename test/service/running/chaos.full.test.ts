import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { deliverInput, type Order } from "../../../src/client/index.js";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import { readBooks } from "../../../src/service/books/books.js";
import { isDatabaseGone } from "../../../src/service/database/database.js";
import { OVER } from "../../../src/service/jobs/store.js";
import { randomNumbers } from "../../helpers/models.js";
import { Fleet } from "./fleet.js";
import { FundingClient } from "./fundingClient.js";
import { Market } from "./market.js";

/** Jobs in all; a smaller number shows whether it works. */
const JOBS = Number(process.env.TORCH2CIRCOM_CHAOS_JOBS ?? 1000);
const SEED = Number(process.env.TORCH2CIRCOM_CHAOS_SEED ?? 1);
const KILLS = Math.max(20, Math.ceil(0.06 * JOBS));
const REORGANIZATIONS = Math.max(2, Math.ceil(JOBS / 80));
const PROVERS = 3;

/** Blocks that make a transaction final, and those that a reorganization takes away at most. */
const [CONFIRMATIONS, DEPTH] = [4, 3];

/** Jobs that are ordered and not over, at most; seconds of a block. */
const [WINDOW, BLOCK] = [40, 1];

/** Who is killed, in turn; each of them comes. */
const VICTIMS = ["prover", "service", "prover", "database", "service", "prover"] as const;

/** Orders of which a client makes nothing. */
const UNPAID = 20;

/**
 * Jobs that a client funds itself and that are late when the service has them: its chain's clock is behind, by more seconds than
 * such a job has, and by fewer than a quoted one has.
 */
const LATE = Math.max(3, Math.ceil(JOBS / 40));
const [BEHIND, LATE_SECONDS] = [900, 450];

describe("a service of which every process is killed, on a chain that changes its mind", function () {
  this.timeout(7_200_000);
  const next = randomNumbers(SEED);
  /** A whole number below `count`. */
  const below = (count: number) => Math.floor(Math.abs(next()) * 1e6) % count;
  let market: Market;
  let fleet: Fleet;
  /** What no log may hold. */
  const secrets: string[] = [];

  before(async () => {
    market = await Market.open("--timestamp", String(Math.floor(Date.now() / 1000) - BEHIND));
    mining = mine();
    fleet = await Fleet.start(market, PROVERS, { confirmations: CONFIRMATIONS, wait: 2, batch: 8 });
  });

  after(async () => {
    isMining = false;
    await mining;
    await fleet.close();
    await market.close();
  });

  // Between two blocks: a node that mines by itself meanwhile loses some of its blocks.
  const between: (() => Promise<void>)[] = [];
  let [isMining, mining] = [true, Promise.resolve()];

  const mine = async () => {
    const { anvil } = market.devnet;
    while (isMining) {
      await anvil.send("evm_mine");
      for (const work of between.splice(0)) await work();
      await wait(1000 * BLOCK);
    }
  };

  /** Does something with the chain while no block is made. */
  const withoutBlocks = (work: () => Promise<unknown>): Promise<void> =>
    new Promise((resolve, reject) => between.push(() => work().then(() => resolve(), reject)));

  /** Asks the database, as often as it is away. */
  const ask = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    for (;;) {
      try {
        return await fleet.database.query<Row>(text, values);
      } catch (error) {
        if (!isDatabaseGone(error)) throw error;
        await wait(100);
      }
    }
  };

  /** Asks the service, as often as it is away or has too much to do. */
  const insist = async <Result>(work: (url: string) => Promise<Result>): Promise<Result> => {
    for (;;) {
      try {
        return await work(await fleet.url());
      } catch (error) {
        if (!(error instanceof Torch2CircomError) || !PASSING.includes(error.code)) throw error;
        await wait(300);
      }
    }
  };

  const databasePid = async () => {
    const text = await readFile(join(fleet.folder, "data/postmaster.pid"), "utf8").catch(() => "");
    return Number.parseInt(text, 10);
  };

  const killed = { prover: 0, service: 0, database: 0 };

  /** Kills a process; one that is just coming up may be killed as well. */
  const kill = async (who: keyof typeof killed): Promise<void> => {
    const { service, provers } = fleet;
    for (;;) {
      if (who === "service" ? service.kill() : who === "prover" && provers[below(PROVERS)].kill()) break;
      const pid = who === "database" ? await databasePid() : 0;
      try {
        if (pid > 0 && process.kill(pid, "SIGKILL")) break;
      } catch (error) {
        // It has just died.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
      await wait(100);
    }
    killed[who]++;
  };

  it("answers every job that is paid for, or pays it back, each once", async () => {
    const payer = await FundingClient.open(market, CONFIRMATIONS);
    const coin = () => market.node.getBalance(market.shop.provider);
    const { escrow } = market.shop.contracts;
    const [tokenAddress, provider] = [await market.token.getAddress(), market.shop.provider];
    const clientAddress = await market.client.getAddress();
    const [coinBefore, tokensBefore] = [await coin(), await market.token.balanceOf(clientAddress)];
    const firstBlock = await market.node.getBlockNumber();
    const input = () => Array.from({ length: 4 }, () => (1 + Math.abs(next())) / 10);
    const paid: Order[] = [];
    let [unpaid, isSelling] = [0, true];

    const over = async () => {
      const [{ count }] = await ask<{ count: number }>(
        "select count(*)::int as count from job where state = any($1) and payment <> 'client'",
        [OVER],
      );
      return count;
    };
    const buying = async () => {
      while (paid.length < JOBS) {
        if (paid.length - (await over()) >= WINDOW) {
          await wait(200);
          continue;
        }
        const values = input();
        const order = await insist((url) => market.order(values, url));
        const { integers, salt } = order.purchase.input;
        secrets.push(String(values), salt.toString(), integers[0].join(), order.purchase.service.ticket);
        if (below(UNPAID) === 0) unpaid++;
        else {
          paid.push(order);
          await insist((url) => market.pay(market.moved(order, url)));
        }
      }
      isSelling = false;
    };
    const late: string[] = [];
    const funding = async () => {
      for (let i = 0; i < LATE; i++) {
        const start = Math.min((i * JOBS) / LATE, JOBS - 1);
        while (paid.length < start && isSelling) await wait(200);
        const job = await payer.fund(input(), LATE_SECONDS);
        const { integers, salt } = job.input;
        secrets.push(salt.toString(), integers[0].join());
        await insist((url) => deliverInput(url, job, { timeout: 2 }));
        late.push(job.jobId);
      }
    };
    const killing = async () => {
      for (let i = 0; i < KILLS; i++) {
        // Spread over all jobs, the last ones included.
        while ((await over()) < (i * JOBS) / KILLS - WINDOW / 4 && isSelling) await wait(200);
        await wait(below(3000));
        await kill(VICTIMS[i % VICTIMS.length]);
      }
    };
    let reorganizations = 0;
    const reorganizing = async () => {
      const { anvil } = market.devnet;
      for (; reorganizations < REORGANIZATIONS; reorganizations++) {
        const start = Math.min((reorganizations * JOBS) / REORGANIZATIONS, JOBS - WINDOW / 2);
        while (paid.length < start) await wait(100);
        await wait(below(5000));
        await withoutBlocks(() => anvil.send("anvil_reorg", 1 + below(DEPTH), []));
        await wait(below(3000));
        await withoutBlocks(() => anvil.send("anvil_dropAllTransactions"));
      }
    };
    await Promise.all([buying(), funding(), killing(), reorganizing()]);
    expect(Object.values(killed).reduce((a, b) => a + b)).to.equal(KILLS);
    for (const [who, times] of Object.entries(killed)) expect(times, who).to.be.greaterThan(0);

    const ids = paid.map(({ purchase }) => purchase.jobId);
    const open = () =>
      ask<{ state: string }>("select state from job where id = any($1) and not state = any($2)", [ids, OVER]);
    while ((await open()).length > 0) await wait(500);
    const unsettled = () => ask("select from job where id = any($1) and state <> 'refunded'", [late]);
    while ((await unsettled()).length > 0) await wait(500);
    const slots = () => ask("select from slot where state <> 'final'");
    while ((await slots()).length > 0) await wait(500);

    // Every job that was paid for is answered, once.
    const states = await ask<{ state: string; count: number }>(
      "select state, count(*)::int as count from job group by state order by state",
    );
    expect(states).to.deep.equal(
      [
        { state: "final", count: JOBS },
        { state: "quoted", count: states.find(({ state }) => state === "quoted")?.count ?? 0 },
        { state: "refunded", count: LATE },
      ].filter(({ count }) => count > 0),
    );
    const fulfilled = await escrow.queryFilter(escrow.filters.Fulfilled(), firstBlock);
    expect(fulfilled.map(({ args }) => args.jobId).sort()).to.deep.equal([...ids].sort());
    // And those that were late are paid back, each once.
    const refunded = await escrow.queryFilter(escrow.filters.Refunded(), firstBlock);
    expect(refunded.map(({ args }) => args.jobId).sort()).to.deep.equal([...late].sort());
    for (const { args } of refunded) expect(args.by).to.equal(provider);
    const twice = await ask(
      "select job from attempt where outcome = 'proven' group by job having count(*) > 1",
    );
    expect(twice).to.deep.equal([]);

    // Books and chain agree to the wei.
    const books = await readBooks(fleet.database);
    const [{ earned, open: locked }] = books.amounts;
    const price = 15n * 10n ** 17n;
    expect(earned).to.equal(BigInt(JOBS) * price);
    expect(locked).to.equal(0n);
    expect(await escrow.balanceOf(provider, tokenAddress)).to.equal(earned);
    expect(await escrow.balanceOf(payer.address, tokenAddress)).to.equal(BigInt(LATE) * price);
    expect(await market.token.balanceOf(await escrow.getAddress())).to.equal(earned + BigInt(LATE) * price);
    expect(tokensBefore - (await market.token.balanceOf(clientAddress))).to.equal(earned);
    expect(coinBefore - (await coin())).to.equal(books.gasPaid);

    // No nonce is missing.
    const nonces = await ask<{ nonce: string }>("select nonce from slot order by nonce");
    expect(nonces.map(({ nonce }) => Number(nonce))).to.deep.equal(nonces.map((_, i) => i));
    expect(await market.node.getTransactionCount(provider)).to.equal(nonces.length);

    // And no log holds an input, a salt, a ticket or the key.
    secrets.push((await readFile(join(market.folder, "input.key"), "utf8")).trim());
    const logs = [fleet.service, ...fleet.provers].map(({ lines }) => lines.join("\n"));
    logs.push(await readFile(join(fleet.folder, "postgres.log"), "utf8"));
    for (const text of logs)
      for (const secret of secrets) expect(text.includes(secret), secret).to.equal(false);
    const attempts = await ask<{ outcome: string; count: number }>(
      "select outcome, count(*)::int as count from attempt group by outcome order by outcome",
    );
    const counts = attempts.map(({ outcome, count }) => `${count} ${outcome}`).join(", ");
    const victims = Object.entries(killed).map(([who, times]) => `${times} of the ${who}`);
    console.log(
      `      ${JOBS} jobs and ${unpaid} that nobody paid for, ${LATE} that were late; kills: ${victims.join(", ")}; ${reorganizations} reorganizations; attempts: ${counts}; ${nonces.length} transactions`,
    );
  });
});

/** What may be otherwise when a service is asked again. */
const PASSING = [
  "NETWORK_UNREACHABLE",
  "DATABASE_UNAVAILABLE",
  "BUILD_BUSY",
  "UNEXPECTED",
  "INSUFFICIENT_FUNDS",
  // Of a job whose funding the service does not see yet.
  "JOB_NOT_FOUND",
];
