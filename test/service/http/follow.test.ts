import { expect } from "chai";
import { createServer, type Server } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { followPurchase, type Purchase } from "../../../src/client/index.js";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import { httpServer } from "../../../src/service/http/server.js";
import { advance } from "../../../src/service/jobs/store.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { TestShop } from "../orders/testShop.js";

/** What stands between a client and the service, and what it does to streams of events. */
const PROXIES = ["passes", "hides", "collects", "breaks"] as const;

describe("a client that follows a job", function () {
  this.timeout(300_000);
  let test: TestShop;
  let server: Awaited<ReturnType<typeof httpServer>>;
  let proxy: Server;
  let [service, url] = ["", ""];
  const asked: string[] = [];

  before(async () => {
    test = await TestShop.open();
    server = await httpServer(test.service());
    service = await server.listen({ host: "127.0.0.1", port: 0 });
    proxy = createServer((request, response) => {
      const [, kind, path] = /^\/(\w+)(\/.*)$/.exec(request.url!)!;
      const isStream = path.endsWith("/events");
      asked.push(`${kind} ${isStream ? "events" : "job"}`);
      if (isStream && kind === "hides") return void response.writeHead(404).end();
      if (isStream && kind === "collects") return;
      const { authorization, ["last-event-id"]: last } = request.headers;
      const headers = {
        ...(authorization && { authorization }),
        ...(last && { "last-event-id": String(last) }),
      };
      const passed = fetch(service + path, { headers }).then(({ status, headers: own, body }) => {
        response.writeHead(status, { "content-type": own.get("content-type") ?? "text/plain" });
        const source = Readable.fromWeb(body! as never).on("error", () => undefined);
        source.pipe(response).on("close", () => source.destroy());
        // Not at once: the first event has to come through.
        if (isStream && kind === "breaks") setTimeout(() => response.destroy(), 700);
      });
      passed.catch(() => response.destroy());
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.close();
    await test.close();
  });

  const order = async () => {
    const quote = await test.unwritten();
    const { ticket } = await test.orders.keep(quote);
    return (kind: (typeof PROXIES)[number]): Quote & Purchase => ({
      ...quote,
      input: { ...quote.input, commitment: quote.job.inputCommitment },
      service: { url: `${url}/${kind}`, ticket },
    });
  };

  it("hears of it or asks, whatever is between", async () => {
    const purchaseBy = await order();
    const { jobId } = purchaseBy("passes");
    await advance(test.database, jobId, ["quoted"], "funding");
    await advance(test.database, jobId, ["funding"], "funded");
    // Before, since it takes all that the machine has.
    const prover = new WarmProver();
    await test.prove(prover, purchaseBy("passes"), "funded");
    await prover.close();
    const states = new Map(PROXIES.map((kind) => [kind, [] as string[]]));
    const following = PROXIES.map((kind) => {
      const onState = (state: string) => states.get(kind)!.push(state);
      return followPurchase(purchaseBy(kind), { onState, until: "final", interval: 100, timeout: 60 });
    });
    await wait(1000);
    await advance(test.database, jobId, ["proven"], "settling");
    await wait(1000);
    await advance(test.database, jobId, ["settling"], "final");
    const answers = await Promise.all(following);
    for (const { outputs, state } of answers) {
      expect(outputs).to.have.length(1);
      expect(state).to.equal("final");
    }
    const all = ["quoted", "funding", "funded", "proven", "settling", "final"];
    expect(states.get("passes")).to.deep.equal(all);
    expect(states.get("breaks")).to.deep.equal(all);
    const requests = (kind: string) => asked.filter((one) => one === kind).length;
    expect([requests("passes events"), requests("hides events")]).to.deep.equal([1, 1]);
    // The model, and the answer.
    expect(requests("passes job")).to.equal(2);
    expect(requests("hides job")).to.be.greaterThan(5);
    expect(requests("breaks events")).to.be.greaterThan(1);
    expect(requests("collects events")).to.be.within(1, 3);
  });

  it("ends when it is told to, in a stream and between two questions, and asks no more", async () => {
    const purchaseBy = await order();
    for (const kind of ["passes", "hides"] as const) {
      const control = new AbortController();
      const heard: string[] = [];
      const following = followPurchase(purchaseBy(kind), {
        signal: control.signal,
        onState: (state) => heard.push(state),
        interval: 60_000,
      });
      while (heard.length === 0) await wait(20);
      await wait(300);
      const [reason, begun] = [new Error("left"), Date.now()];
      control.abort(reason);
      expect(await following.catch((error: unknown) => error), kind).to.equal(reason);
      expect(Date.now() - begun).to.be.below(5000);
      const { length } = asked;
      await wait(300);
      expect(asked.length).to.equal(length);
      const late = followPurchase(purchaseBy(kind), { signal: control.signal });
      expect(await late.catch((error: unknown) => error)).to.equal(reason);
    }
  });

  it("is told at once that it ended without an answer, and of its own errors", async () => {
    const purchase = (await order())("passes");
    await advance(test.database, purchase.jobId, ["quoted"], "declined", { reason: "no tokens" });
    const failure = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: Error) => error.message,
      );
    expect(await failure(followPurchase(purchase))).to.contain("declined: no tokens");
    const onState = () => {
      throw new Error("my own");
    };
    expect(await failure(followPurchase(purchase, { onState }))).to.equal("my own");
    const stolen = { ...purchase, service: { ...purchase.service, ticket: "0".repeat(64) } };
    expect(await failure(followPurchase(stolen))).to.contain("ticket is not its own");
  });
});
