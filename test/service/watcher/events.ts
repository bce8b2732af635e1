import { expect } from "chai";
import { fork } from "node:child_process";
import { once } from "node:events";
import { ZeroAddress } from "ethers";
import type { JobRecord } from "../../../src/runtime/jobs.js";
import { refusalOf } from "../../plugin/project.js";
import type { Death, DyingOptions } from "./dyingWatcher.js";
import { CONFIRMATIONS, type TestShop } from "../orders/testShop.js";
import type { PayingClient } from "./payingClient.js";
import { TroubledNode } from "./node.js";

/** Where watchers are killed, one after the other: the third one is the first to leave something. */
const KILLS: readonly Death[] = ["read", "written", "committed", "written"];

/** Lets a watcher die. @returns the signal that ended it */
async function signalOf(options: DyingOptions): Promise<string | null> {
  const child = fork(new URL("./dyingWatcher.ts", import.meta.url), [JSON.stringify(options)], {
    execArgv: ["--import", import.meta.resolve("tsx/esm")],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}

/** @param shop that is open when the tests run, with no jobs */
export const describeEvents = (shop: () => PayingClient) =>
  describe("the escrow's events", () => {
    let test: TestShop;
    let client: PayingClient;
    let node: TroubledNode;
    const funded: JobRecord[] = [];
    const mine = (blocks: number) => test.devnet.anvil.send("anvil_mine", `0x${blocks.toString(16)}`);

    before(async () => {
      client = shop();
      ({ test } = client);
      node = await TroubledNode.start(test.devnet.anvil.url);
      for (const provider of [test.shop.provider, ZeroAddress, test.shop.provider]) {
        funded.push(await client.fund({ provider }));
        await mine(30);
      }
      // Another provider's.
      await client.fund({ provider: await client.wallet.getAddress() });
    });
    after(() => node.close());
    beforeEach(async () => {
      await client.forget();
      node.behavior = {};
      node.ranges.length = 0;
    });

    const all = () => Object.fromEntries(funded.map(({ jobId }) => [jobId, ["Requested"]]));
    const blockOf = async ({ jobId }: JobRecord) => {
      const { escrow } = test.shop.contracts;
      return (await escrow.queryFilter(escrow.filters.Requested(jobId)))[0].blockNumber;
    };
    const asking = () => client.watcher({ nodes: [node.provider()], callTime: 500 });

    it("are found from the start, of jobs that are closed for the provider or open", async () => {
      const told: unknown[] = [];
      const watcher = client.watcher({ log: ({ job }) => told.push(job) });
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      // Those that nobody else can answer are told, once.
      await mine(1);
      await watcher.round();
      expect(told).to.deep.equal([funded[0].jobId, funded[2].jobId]);
      const { number } = (await client.store.watched())!;
      expect(number).to.equal((await client.wallet.provider!.getBlockNumber()) - 2);
    });

    it("are found by a node that limits ranges, which is asked for more again later", async () => {
      node.behavior = { mostBlocks: 7 };
      const watcher = asking();
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      const sizes = node.ranges.map(([from, to]) => to - from + 1);
      expect(Math.max(...sizes)).to.be.greaterThan(7);
      // It is tried with more now and then, and not each time.
      const refused = sizes.filter((size) => size > 7).length;
      expect(refused).to.be.lessThan(sizes.length / 2);
      node.behavior = {};
      node.ranges.length = 0;
      await mine(60);
      await watcher.round();
      expect(Math.max(...node.ranges.map(([from, to]) => to - from + 1))).to.be.greaterThan(7);
    });

    it("are taken in any order, and each once", async () => {
      node.behavior = { isDisordered: true };
      await asking().round();
      expect(await client.known()).to.deep.equal(all());
    });

    it("are waited for where a node is late or dead: the next round goes on where it was", async () => {
      node.behavior = { delay: 800 };
      const watcher = asking();
      expect(await refusalOf(() => watcher.round())).to.match(/does not tell the escrow's events/);
      node.behavior = { isDead: true };
      const refusal = await refusalOf(() => watcher.round());
      expect(refusal).to.match(/does not tell the escrow's events/);
      expect(refusal).not.to.contain(node.url);
      expect(await client.known()).to.deep.equal({});
      node.behavior = {};
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
    });

    it("are asked of a second node where the first is late, which is not waited for again", async () => {
      node.behavior = { delay: 800 };
      const watcher = client.watcher({ nodes: [node.provider(), client.wallet.provider!], callTime: 500 });
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      const start = performance.now();
      await mine(1);
      await watcher.round();
      expect(performance.now() - start).to.be.lessThan(500);
    });

    it("are not lost where a node lags behind", async () => {
      const head = await client.wallet.provider!.getBlockNumber();
      const lag = head - (await blockOf(funded[2])) + 1;
      node.behavior = { lag };
      const watcher = asking();
      await watcher.round();
      expect(Object.keys(await client.known())).to.have.length(2);
      node.behavior = {};
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      // Having lost its latest blocks, it says nothing of what was read.
      node.behavior = { lag };
      expect(await refusalOf(() => watcher.round())).to.match(/does not know block/);
      expect(await client.known()).to.deep.equal(all());
    });

    it("are not lost where a node knows a block before its events", async () => {
      const late = await client.fund();
      node.behavior = { eventLag: 1 };
      const watcher = asking();
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      node.behavior = {};
      await mine(1);
      await watcher.round();
      funded.push(late);
      expect(await client.known()).to.deep.equal(all());
    });

    it("are read once, and by a new process from where the last one was", async () => {
      await asking().round();
      const { number } = (await client.store.watched())!;
      node.ranges.length = 0;
      const watcher = asking();
      await watcher.round();
      await watcher.round();
      expect(node.ranges).to.have.length(1);
      expect(node.ranges[0][0]).to.equal(number + 1);
    });

    it("are neither lost nor doubled where the process is killed in the middle of a range", async () => {
      node.behavior = { mostBlocks: 7 };
      const { contracts, provider, escrow } = test.shop;
      const registry = await contracts.registry.getAddress();
      const blocks = new Map<string, number>();
      for (const record of funded) blocks.set(record.jobId, await blockOf(record));
      for (const [i, death] of KILLS.entries()) {
        const options = {
          ...{ database: test.database.url, node: node.url, registry, escrow, provider },
          confirmations: CONFIRMATIONS,
        };
        expect(await signalOf({ ...options, death }), death).to.equal("SIGKILL");
        const { number } = (await client.store.watched())!;
        const known = await client.known();
        for (const [job, block] of blocks)
          expect(known[job], `${death}: job of block ${block}, read to ${number}`).to.deep.equal(
            block <= number ? ["Requested"] : undefined,
          );
        const committed = KILLS.slice(0, i + 1).filter((one) => one === "committed");
        expect(Object.keys(known)).to.have.length(committed.length);
      }
      await asking().round();
      expect(await client.known()).to.deep.equal(all());
    });

    it("are read from another block, earlier or later, where it is said", async () => {
      const [first, , last] = funded.slice(0, 3);
      const later = funded.slice(2).map(({ jobId }) => jobId);
      await client.watcher({ fromBlock: await blockOf(last) }).round();
      expect(Object.keys(await client.known())).to.have.members(later);
      await client.watcher().round();
      expect(Object.keys(await client.known())).to.have.members(later);
      await client.watcher({ fromBlock: await blockOf(first) }).round();
      expect(await client.known()).to.deep.equal(all());
      expect((await client.store.watched())!.first).to.equal(await blockOf(first));
    });

    it("are removed with their block, and come back in another one", async () => {
      const watcher = client.watcher();
      await watcher.round();
      const gone = await client.fund();
      await watcher.round();
      expect(await client.known()).to.have.property(gone.jobId);
      await test.devnet.anvil.send("anvil_reorg", 1, []);
      client.wallet.reset();
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      const { escrow } = test.shop.contracts;
      await (await escrow.connect(client.wallet).request(gone.job, "0x")).wait();
      await watcher.round();
      expect(await client.known()).to.have.property(gone.jobId);
      funded.push(gone);
    });

    it("are read again where the chain has changed below what was final", async () => {
      const watcher = client.watcher();
      await watcher.round();
      const gone = await client.fund();
      await mine(4);
      await watcher.round();
      expect(await client.known()).to.have.property(gone.jobId);
      await test.devnet.anvil.send("anvil_reorg", 5, []);
      client.wallet.reset();
      await mine(1);
      await watcher.round();
      expect(await client.known()).to.deep.equal(all());
      expect((await client.store.watched())!.number).to.equal(
        (await client.wallet.provider!.getBlockNumber()) - 2,
      );
    });

    it("say that a job is over, and are forgotten long after its deadline", async () => {
      const [record] = funded;
      const { jobId } = record;
      await client.decline(record);
      await client.watcher().round();
      expect((await client.known())[jobId]).to.deep.equal(["Requested", "Refunded"]);
      await test.database.query(
        `update event set data = jsonb_set(data, '{fulfillBy}', '"1000"') where job = $1 and name = 'Requested'`,
        [jobId],
      );
      await client.store.forget();
      expect(await client.known()).not.to.have.property(jobId);
    });
  });
