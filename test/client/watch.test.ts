import { expect } from "chai";
import { id, type Provider } from "ethers";
import { watchJobs, type Contracts, type JobEvent, type WatchOptions } from "../../src/client/index.js";
import {
  deploy,
  ethers,
  fulfill,
  makeJob,
  networkHelpers,
  provider as node,
  request,
} from "../contracts/helpers/escrow.js";

describe("watchJobs", () => {
  async function load() {
    const system = await networkHelpers.loadFixture(deploy);
    const { registry, escrow, worker } = system;
    const [first, second] = await Promise.all([
      makeJob(system, { salt: id("first"), provider: worker.address }),
      makeJob(system, { salt: id("second"), provider: worker.address }),
    ]);
    return { ...system, contracts: { registry, escrow } as Contracts, first, second };
  }

  type System = Awaited<ReturnType<typeof load>>;

  /** A watcher of what comes from now on; its events as words, as many as are asked for. */
  async function watch({ contracts }: Pick<System, "contracts">, options: WatchOptions = {}) {
    const fromBlock = (await ethers.provider.getBlockNumber()) + 1;
    const events = watchJobs(contracts, { interval: 5, fromBlock, ...options });
    return {
      async next(count: number): Promise<string[]> {
        const words: string[] = [];
        while (words.length < count) {
          const { value } = (await events.next()) as { value: JobEvent };
          words.push(`${value.removed ? "removed " : ""}${value.kind}`);
        }
        return words;
      },
    };
  }

  /** A node that answers as another says; contracts that ask it. */
  function asked(contracts: Contracts, answer: (name: string, args: never[]) => unknown): Contracts {
    const provider: Provider = new Proxy(ethers.provider, {
      get(target, name: string) {
        const value = target[name as "getBlock"] as unknown;
        if (name === "provider") return provider;
        if (typeof value !== "function") return value;
        return async (...args: never[]) => {
          const instead = answer(name, args);
          return instead === undefined ? ((await value.apply(target, args)) as unknown) : instead;
        };
      },
    });
    return { ...contracts, escrow: contracts.escrow.connect(provider) };
  }

  /** Another history from this block on, with these transactions in it. */
  async function reorganize(snapshot: unknown, ...transactions: (() => Promise<unknown>)[]) {
    await node.request({ method: "evm_revert", params: [snapshot] });
    // Another time makes second blocks of the same transactions.
    await networkHelpers.mine(1, { interval: 3 });
    for (const transaction of transactions) await transaction();
    await networkHelpers.mine(3);
  }

  const snapshot = () => node.request({ method: "evm_snapshot" });

  it("tells what happens to jobs, in order and once, with the terms and the answer", async () => {
    const system = await load();
    const { escrow, worker, client, first, second } = system;
    const fromBlock = (await ethers.provider.getBlockNumber()) + 1;
    for (const job of [first, second]) await request(system, job);
    await fulfill(system, first);
    await escrow.connect(worker).refund(second);
    const events: JobEvent[] = [];
    for await (const event of watchJobs({ ...system.contracts }, { fromBlock })) {
      events.push(event);
      if (events.length === 4) break;
    }
    const [one, , three, four] = events;
    expect(events.map(({ blockNumber }) => blockNumber - fromBlock)).to.deep.equal([0, 1, 2, 3]);
    expect(one.kind === "requested" && (await escrow.hashJob(one.job))).to.equal(one.jobId);
    expect(three).to.include({ kind: "fulfilled", payee: worker.address, jobId: one.jobId });
    expect(three.kind === "fulfilled" && three.outputWords).to.deep.equal([55n]);
    expect(four).to.include({ kind: "refunded", by: worker.address, client: client.address });
  });

  it("follows one job, or the jobs of one model", async () => {
    const system = await load();
    const { escrow, first, second } = system;
    const fromBlock = await ethers.provider.getBlockNumber();
    for (const job of [first, second]) await request(system, job);
    for (const job of [first, second]) await fulfill(system, job);
    const ofOne = await watch(system, { fromBlock, jobId: await escrow.hashJob(second) });
    expect(await ofOne.next(2)).to.deep.equal(["requested", "fulfilled"]);
    expect(await (await watch(system, { fromBlock, modelId: system.modelId })).next(4)).to.deep.equal([
      "requested",
      "requested",
      "fulfilled",
      "fulfilled",
    ]);
    const controller = new AbortController();
    const ofAnother = watchJobs(system.contracts, {
      fromBlock,
      modelId: id("another model"),
      interval: 1,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 50);
    expect(await ofAnother.next()).to.deep.equal({ value: undefined, done: true });
  });

  it("tells what a reorganization takes away, and what comes in its place", async () => {
    const system = await load();
    const { first, second } = system;
    const watcher = await watch(system);
    const before = await snapshot();
    await request(system, first);
    expect(await watcher.next(1)).to.deep.equal(["requested"]);
    await reorganize(before, () => request(system, second));
    expect(await watcher.next(2)).to.deep.equal(["removed requested", "requested"]);
    await fulfill(system, second);
    expect(await watcher.next(1)).to.deep.equal(["fulfilled"]);
  });

  it("tells an event that moves into another block as removed and as new", async () => {
    const system = await load();
    const { first } = system;
    const watcher = await watch(system);
    const before = await snapshot();
    await request(system, first);
    await fulfill(system, first);
    expect(await watcher.next(2)).to.deep.equal(["requested", "fulfilled"]);
    await reorganize(before, () => request(system, first));
    expect(await watcher.next(3)).to.deep.equal(["removed fulfilled", "removed requested", "requested"]);
  });

  it("keeps what comes before the fork, and waits for confirmations", async () => {
    const system = await load();
    const { first, second } = system;
    const watcher = await watch(system, { confirmations: 2 });
    await request(system, first);
    await networkHelpers.mine(2);
    expect(await watcher.next(1)).to.deep.equal(["requested"]);
    const before = await snapshot();
    await request(system, second);
    await reorganize(before, () => fulfill(system, first));
    expect(await watcher.next(1)).to.deep.equal(["fulfilled"]);
  });

  it("is not stopped by a node that limits ranges, fails now and then, and forgets blocks", async () => {
    const system = await load();
    const { first, second } = system;
    const fromBlock = await ethers.provider.getBlockNumber();
    await request(system, first);
    await networkHelpers.mine(30);
    await request(system, second);
    await networkHelpers.mine(30);
    let calls = 0;
    let failed = 0;
    const contracts = asked(system.contracts, (name, [range]: { fromBlock: number; toBlock: number }[]) => {
      if (name === "getLogs" && range.toBlock - range.fromBlock >= 8) {
        failed++;
        throw new Error("query returned more than 8 blocks");
      }
      if (++calls % 11 === 0) throw new Error("502 Bad Gateway");
      return name === "getBlock" && calls % 7 === 0 ? null : undefined;
    });
    const watcher = await watch({ contracts }, { fromBlock, interval: 1 });
    expect(await watcher.next(2)).to.deep.equal(["requested", "requested"]);
    await fulfill(system, first);
    expect(await watcher.next(1)).to.deep.equal(["fulfilled"]);
    expect(failed).to.be.above(5);
  });

  it("says so if the node never answers, and where there is none", async () => {
    const { contracts, escrow } = await load();
    const dead = asked(contracts, (name) => {
      if (name === "getLogs") throw new Error("502 Bad Gateway");
    });
    const silent = watchJobs(dead, { interval: 1 });
    const error = await silent.next().catch((reason: Error & { code?: string }) => reason);
    expect(error).to.include({ code: "NETWORK_UNREACHABLE" });
    const alone = { ...contracts, escrow: escrow.connect(null) } as Contracts;
    const without = await watchJobs(alone)
      .next()
      .catch((reason: Error & { code?: string }) => reason);
    expect(without).to.include({ code: "INVALID_ARGUMENT" });
  });

  it("reads everything again after a reorganization deeper than what it remembers", async () => {
    const system = await load();
    const { first, second } = system;
    const watcher = await watch(system);
    const before = await snapshot();
    await request(system, first);
    expect(await watcher.next(1)).to.deep.equal(["requested"]);
    await networkHelpers.mine(600);
    await request(system, { ...first, salt: id("late"), fundBy: BigInt(first.fundBy) });
    expect(await watcher.next(1)).to.deep.equal(["requested"]);
    await node.request({ method: "evm_revert", params: [before] });
    await networkHelpers.mine(1, { interval: 3 });
    await request(system, second);
    await networkHelpers.mine(700);
    expect(await watcher.next(2)).to.deep.equal(["removed requested", "requested"]);
  });
});
