import { expect } from "chai";
import { connect } from "node:net";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import Fastify from "fastify";
import { httpServer } from "../../../src/service/http/server.js";
import type { JobEventOut } from "../../../src/service/http/schemas.js";
import { Streams, type Stream } from "../../../src/service/http/streams.js";
import type { JobState } from "../../../src/service/jobs/row.js";
import { advance } from "../../../src/service/jobs/store.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { TestShop } from "../orders/testShop.js";

const ANSWER = { proof: {} as never, publicSignals: ["1"], words: ["1"], seconds: 1 };

describe("events of jobs over HTTP", function () {
  this.timeout(300_000);
  let test: TestShop;
  let server: Awaited<ReturnType<typeof httpServer>>;
  let url: string;

  before(async () => {
    test = await TestShop.open();
    server = await httpServer(test.service(), {
      mostStreams: 3,
      mostStreamsOfAddress: 2,
      trustedProxies: ["127.0.0.1"],
    });
    url = await server.listen({ host: "127.0.0.1", port: 0 });
  });
  after(async () => {
    await server.close();
    await test.close();
  });

  const order = async () => {
    const quote = await test.unwritten();
    const { ticket } = await test.orders.keep(quote);
    return { ...quote, ticket };
  };
  type Order = Awaited<ReturnType<typeof order>>;

  const open = ({ jobId, ticket }: Pick<Order, "jobId" | "ticket">, headers: Record<string, string> = {}) =>
    fetch(`${url}/jobs/${jobId}/events`, {
      headers: { authorization: `Bearer ${ticket}`, ...headers },
      signal: AbortSignal.timeout(20_000),
    });

  /** Events of a stream, one at a time. */
  async function* eventsOf(response: Response): AsyncGenerator<JobEventOut & { id: string }> {
    expect(response.status, response.url).to.equal(200);
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const [, id, data] = /^id: (\d+)\nevent: state\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (id !== undefined) yield { id, ...(JSON.parse(data) as JobEventOut) };
      }
    }
  }

  const move = async ({ jobId }: Quote, from: JobState, to: JobState, fields = {}) =>
    expect(await advance(test.database, jobId, [from], to, fields)).to.equal(true);

  it("tells of a whole life, and ends", async () => {
    const job = await order();
    const response = await open(job);
    expect(Object.fromEntries(response.headers)).to.include({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const events = eventsOf(response);
    const next = async () => (await events.next()).value as JobEventOut & { id: string };
    const first = await next();
    expect(first).to.deep.include({ id: "0", jobId: job.jobId, state: "quoted", hasAnswer: false });
    expect(Date.now() - Date.parse(first.at)).to.be.within(0, 60_000);
    await move(job, "quoted", "funding");
    expect(await next()).to.include({ id: "1", state: "funding" });
    await move(job, "funding", "funded");
    // The same state again is no news.
    await move(job, "funded", "proving");
    await move(job, "proving", "proving");
    await move(job, "proving", "proven", { answer: ANSWER });
    const seen = [await next(), await next(), await next()];
    expect(seen.map(({ state }) => state)).to.deep.equal(["funded", "proving", "proven"]);
    expect(seen.at(-1)).to.include({ id: "4", hasAnswer: true });
    await move(job, "proven", "refunded", { reason: "it was too late" });
    expect(await next()).to.include({ id: "5", state: "refunded", reason: "it was too late" });
    expect(await events.next()).to.include({ done: true });
  });

  it("goes on after the event that is known, and says where nothing follows", async () => {
    const job = await order();
    await move(job, "quoted", "funding");
    await move(job, "funding", "declined", { reason: "no" });
    const all = [];
    for await (const { state } of eventsOf(await open(job))) all.push(state);
    expect(all).to.deep.equal(["quoted", "funding", "declined"]);
    const rest = [];
    for await (const { id } of eventsOf(await open(job, { "last-event-id": "0" }))) rest.push(id);
    expect(rest).to.deep.equal(["1", "2"]);
    for (const known of ["2", "7"]) {
      const over = await open(job, { "last-event-id": known });
      expect([over.status, await over.text()]).to.deep.equal([204, ""]);
    }
    expect((await open(job, { "last-event-id": "x" })).status).to.equal(400);
  });

  it("shows a job to nobody without its ticket", async () => {
    const job = await order();
    const other = await order();
    for (const ticket of ["", "12", "0".repeat(64), other.ticket]) {
      const refused = await open({ ...job, ticket });
      expect(refused.status).to.equal(404);
      expect(await refused.json()).to.include({ code: "JOB_NOT_FOUND" });
    }
    const head = await fetch(`${url}/jobs/${job.jobId}/events`, { method: "HEAD" });
    expect(head.status).to.equal(404);
  });

  it("says of an answer that is paid in one step only when it is final", async () => {
    const job = await order();
    await move(job, "quoted", "accepted", { payment: "one step" });
    await move(job, "accepted", "proving");
    await move(job, "proving", "proven", { answer: ANSWER });
    const events = eventsOf(await open(job));
    for (const state of ["quoted", "accepted", "proving", "proven"])
      expect((await events.next()).value).to.include({ state, hasAnswer: false });
    await move(job, "proven", "settling");
    await move(job, "settling", "settled");
    for (const state of ["settling", "settled"])
      expect((await events.next()).value).to.include({ state, hasAnswer: false });
    await move(job, "settled", "final");
    expect((await events.next()).value).to.include({ state: "final", hasAnswer: true });
    expect(await events.next()).to.include({ done: true });
  });

  it("has room for a number of streams, of all and of one address", async () => {
    const job = await order();
    const streams = [await open(job), await open(job)];
    const refused = await open(job);
    expect(refused.status).to.equal(429);
    expect(refused.headers.get("retry-after")).to.match(/^\d+$/);
    expect(await refused.json()).to.include({ code: "BUILD_BUSY" });
    streams.push(await open(job, { "x-forwarded-for": "192.0.2.1" }));
    const full = await open(job, { "x-forwarded-for": "192.0.2.2" });
    expect([full.status, full.headers.has("retry-after")]).to.deep.equal([503, true]);
    for (const { body } of streams) await body!.cancel();
    const again = await until(async () => {
      const response = await open(job);
      if (response.status === 200) return response;
      await response.body!.cancel();
    });
    await again.body!.cancel();
  });

  it("cuts off a client that does not read, and no other", async () => {
    const open: Stream[] = [];
    const ended: Stream[] = [];
    const streams = new Streams({}, () => undefined);
    const own = Fastify();
    own.get("/", (request, reply) => {
      const stream = streams.start(request, reply, () => ended.push(stream));
      open.push(stream);
      return reply;
    });
    const at = await own.listen({ host: "127.0.0.1", port: 0 });
    const idle = connect(Number(new URL(at).port), "127.0.0.1");
    idle.on("error", () => undefined).pause();
    idle.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await until(async () => open[0]);
    const reading = await fetch(at);
    const data = JSON.stringify("x".repeat(50_000));
    let sent = 0;
    // More than the sockets hold.
    for (; ended.length === 0 && sent < 2000; sent++) {
      for (const stream of open) stream.send(sent, "state", data);
      await wait(1);
    }
    expect(ended).to.deep.equal([open[0]]);
    open[1].end();
    let count = 0;
    for await (const { id } of eventsOf(reading)) expect(id).to.equal(String(count++));
    expect(count).to.equal(sent);
    idle.destroy();
    await own.close();
  });

  it("ends all streams at once when the server ends", async () => {
    const job = await order();
    const own = await httpServer(test.service());
    const at = await own.listen({ host: "127.0.0.1", port: 0 });
    const response = await fetch(`${at}/jobs/${job.jobId}/events`, {
      headers: { authorization: `Bearer ${job.ticket}` },
    });
    const idle = connect(Number(new URL(at).port), "127.0.0.1");
    idle.write(
      `GET /jobs/${job.jobId}/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${job.ticket}\r\n\r\n`,
    );
    await once(idle, "data");
    // Node's fetch leaves such ones behind.
    const unused = connect(Number(new URL(at).port), "127.0.0.1");
    await once(unused, "connect");
    expect((await fetch(`${at}/healthz`)).status).to.equal(200);
    const events = eventsOf(response);
    expect((await events.next()).value).to.include({ state: "quoted" });
    const began = performance.now();
    await own.close();
    expect(performance.now() - began).to.be.lessThan(1000);
    expect(await events.next()).to.include({ done: true });
  });

  it("is described, as a stream", async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, { get: { responses: Record<string, { content?: object }> } }>;
    };
    const { responses } = document.paths["/jobs/{id}/events"].get;
    expect(Object.keys(responses)).to.deep.equal(["200", "204", "404", "429", "503"]);
    expect(responses["200"].content).to.have.all.keys("text/event-stream");
    expect(JSON.stringify(responses["200"])).to.contain("JobEvent");
  });
});

/** Tries again until there is something, for some seconds. */
async function until<Found>(find: () => Promise<Found | undefined>): Promise<Found> {
  for (const last = Date.now() + 10_000; Date.now() < last; await wait(100)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error("it did not come to be");
}
