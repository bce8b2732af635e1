import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdir, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { parseEther, toQuantity } from "ethers";
import type { Order } from "../../../src/client/index.js";
import { readBooks } from "../../../src/service/books/books.js";
import { PostgresServer } from "../state/postgresServer.js";
import { Market } from "./market.js";

const AWAY_SECONDS = 10;

describe("a service in hard times", function () {
  this.timeout(120_000);
  let market: Market;

  beforeEach(async () => {
    market = await Market.open();
  });
  afterEach(() => market.close());

  /** Asks, and expects problem details. */
  const problem = async (path: string, request: RequestInit = {}) => {
    const answer = await fetch(`${market.service!.url}${path}`, request);
    const details = (await answer.json()) as { status: number; code: string; detail: string };
    expect(answer.headers.get("content-type"), JSON.stringify(details)).to.contain(
      "application/problem+json",
    );
    expect(details.status).to.equal(answer.status);
    return { ...details, retryAfter: answer.headers.get("retry-after") };
  };

  const quoteRequest = async (): Promise<RequestInit> => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client: await market.client.getAddress(), inputs: { x: [0.1, 0.2, 0.3, 0.4] } }),
  });
  const quotePath = "/models/iris/quotes";

  const readPath = ({ purchase }: Order): [string, RequestInit] => [
    `/jobs/${purchase.jobId}`,
    { headers: { authorization: `Bearer ${purchase.service.ticket}` } },
  ];

  it("goes on when its database was away, and tells its clients meanwhile", async () => {
    const server = await PostgresServer.start();
    try {
      await market.serve({ provers: 1 }, { DATABASE_URL: server.url() });
      const first = await market.buy();
      await market.until([first], ["proving", "proven"], { mining: true });
      const [second, quoted] = [await market.buy(), await market.order()];
      await server.stop();
      const end = performance.now() + 1000 * AWAY_SECONDS;
      let asked = 0;
      while (performance.now() < end) {
        const requests: [string, RequestInit?][] = [
          [quotePath, await quoteRequest()],
          readPath(first),
          ["/readyz"],
        ];
        for (const [path, request] of requests) {
          const told = await problem(path, request);
          expect(told, path).to.include({ status: 503, code: "DATABASE_UNAVAILABLE", retryAfter: "5" });
          expect(told.detail).not.to.contain("secret");
        }
        const refused = await market.pay(quoted).catch((reason: Error) => reason);
        expect(refused).to.include({ code: "DATABASE_UNAVAILABLE", retryAfter: 5 });
        expect((await fetch(`${market.service!.url}/healthz`)).status).to.equal(200);
        await market.mine();
        await wait(500);
        asked++;
      }
      expect(asked).to.be.greaterThan(3);
      await server.run();
      await market.pay(quoted);
      const all = [first, second, quoted];
      await market.until(all, "final", { mining: true });
      for (const order of all) expect(await market.statusOf(order)).to.equal("fulfilled");
      expect((await readBooks(market.database)).jobs).to.deep.equal({ final: 3 });
      expect(market.lines.join("\n")).not.to.contain("secret");
      await market.stop();
    } finally {
      await server.close();
    }
  });

  it("sells nothing without coin for gas, and goes on with what is sold when it has some", async () => {
    const { anvil } = market.devnet;
    const setBalance = (coins: string) =>
      anvil.send("anvil_setBalance", market.shop.provider, toQuantity(parseEther(coins)));
    await market.serve({ provers: 1 });
    const order = await market.buy();
    await setBalance("0.0000001");
    const refusal = await market.said("INSUFFICIENT_FUNDS");
    expect(JSON.parse(refusal)).to.include({ step: "watch the account" });
    const told = await problem(quotePath, await quoteRequest());
    expect(told).to.include({ status: 503, code: "INSUFFICIENT_FUNDS", retryAfter: "60" });
    expect(told.detail).to.contain("has less coin than the gas of the open jobs");
    // What is sold waits for it, and can be asked for.
    for (let i = 0; i < 5; i++) await market.mine().then(() => wait(300));
    expect(await market.statusOf(order)).to.equal("none");
    const [path, request] = readPath(order);
    expect(await (await fetch(`${market.service!.url}${path}`, request)).json()).to.include({
      state: "funding",
    });
    await setBalance("1");
    await market.said("Goes on");
    const next = await market.buy();
    await market.until([order, next], "final", { mining: true });
  });

  it("sells nothing while its disk is nearly full", async () => {
    const { bavail, bsize } = await statfs(market.root);
    await market.serve({ provers: 1, leastFree: 2 * bavail * bsize });
    await market.said("DISK_FULL");
    const told = await problem(quotePath, await quoteRequest());
    expect(told).to.include({ status: 503, code: "DISK_FULL", retryAfter: "60" });
    expect(told.detail).not.to.contain(market.root);
    await market.stop();
    await market.serve({ provers: 1, leastFree: 1 });
    expect((await market.order()).purchase.jobId).to.match(/^0x/);
  });

  it("loses nothing on a disk that is full", async function () {
    await mkdir(market.folder, { recursive: true });
    const mounted = await promisify(execFile)("mount", [
      ...["-t", "tmpfs", "-o", "size=100m,mode=755", "none", market.folder],
    ]).then(
      () => true,
      () => false,
    );
    // Only the superuser can make a disk that is small.
    if (!mounted) return this.skip();
    try {
      await market.serve({ provers: 1, leastFree: 1 });
      const order = await market.buy();
      await market.until([order], "funded", { mining: true });
      const filling = join(market.folder, "filling");
      const file = await open(filling, "w");
      const block = Buffer.alloc(65_536);
      while (
        await file.write(block).then(
          ({ bytesWritten }) => bytesWritten > 0,
          () => false,
        )
      );
      let told = { status: 0, code: "" };
      for (let i = 0; i < 500 && told.status === 0; i++) {
        const answer = await fetch(`${market.service!.url}${quotePath}`, await quoteRequest());
        if (answer.status !== 201) told = (await answer.json()) as typeof told;
      }
      expect(told.status).to.equal(503);
      expect(["DISK_FULL", "DATABASE_UNAVAILABLE"]).to.include(told.code);
      for (let i = 0; i < 10; i++) await market.mine().then(() => wait(300));
      await file.close();
      await rm(filling);
      await market.until([order], "final", { mining: true });
      const next = await market.buy();
      await market.until([next], "final", { mining: true });
      const books = await readBooks(market.database);
      expect(books.jobs.final).to.equal(2);
      expect(await market.statusOf(order)).to.equal("fulfilled");
      await market.stop();
    } finally {
      await market.stop();
      await promisify(execFile)("umount", ["-l", market.folder]);
    }
  });
});
