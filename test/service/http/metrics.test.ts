import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import { Database } from "../../../src/service/database/database.js";
import { httpServer, type HttpOptions } from "../../../src/service/http/server.js";
import { Metrics, type Sources } from "../../../src/service/metrics/metrics.js";
import { addToTally } from "../../../src/service/metrics/tally.js";
import { beginSettlements, followSettlements } from "../../../src/service/orders/settlements.js";
import { failed, openAttempt, proven } from "../../../src/service/provers/attempts.js";
import { Presence } from "../../../src/service/provers/presence.js";
import type { Delivery } from "../../../src/service/provers/queue.js";
import { TestShop } from "../orders/testShop.js";

const TOKEN = "0123456789abcdef0123456789abcdef";

/** The lines of a text of Prometheus, by name and labels. */
function valuesOf(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^torch2circom_(\w+(?:\{.*\})?) (\S+)$/.exec(line)!;
      return [name, Number(value)];
    }),
  );
}

describe("the metrics of a service", function () {
  this.timeout(300_000);
  let test: TestShop;

  before(async () => {
    test = await TestShop.open();
    await test.database.query("insert into offered values ($1, $2)", [test.build.model, test.build.build]);
  });
  after(() => test.close());

  const sources = (): Sources => ({
    sql: test.database,
    balance: () => test.client.provider!.getBalance(test.shop.provider),
    ledgerErrors: () => test.ledger.errors,
    stepFailures: () => new Map([["settle", 2]]),
    folder: process.cwd(),
  });
  const read = async () => valuesOf(await new Metrics(sources()).read());

  it("are shown on this machine, and to who has the operator's token", async () => {
    const status = async (
      options: HttpOptions,
      headers: Record<string, string>,
      remoteAddress = "127.0.0.1",
    ) => {
      const server = await httpServer(test.service(), options);
      const { statusCode } = await server.inject({ url: "/metrics", headers, remoteAddress });
      await server.close();
      return statusCode;
    };
    const operatorToken = TOKEN;
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const trustedProxies = ["127.0.0.1"];
    expect(await status({}, {})).to.equal(200);
    expect(await status({}, {}, "::1")).to.equal(200);
    expect(await status({}, {}, "192.0.2.1")).to.equal(404);
    expect(await status({}, bearer(TOKEN), "192.0.2.1")).to.equal(404);
    for (const name of ["x-forwarded-for", "Forwarded", "via", "x-real-ip"])
      expect(await status({ trustedProxies }, { [name]: "127.0.0.1" }), name).to.equal(404);
    // A page elsewhere whose name was made to lead here is not of this machine.
    for (const [host, seen] of [
      ["127.0.0.1:8018", 200],
      ["[::1]:8018", 200],
      ["LOCALHOST", 200],
      ["provider.example:8018", 404],
      ["localhost.example", 404],
      ["127.0.0.1.example", 404],
    ] as const)
      expect(await status({}, { host }), host).to.equal(seen);
    expect(await status({ operatorToken }, {}, "192.0.2.1")).to.equal(401);
    expect(await status({ operatorToken }, bearer(`${TOKEN}0`), "192.0.2.1")).to.equal(401);
    expect(await status({ operatorToken }, bearer(TOKEN), "192.0.2.1")).to.equal(200);
    expect(await status({ operatorToken, trustedProxies }, { ...bearer(TOKEN), via: "a" })).to.equal(200);
    expect(await status({ operatorToken }, {})).to.equal(200);
  });

  it("count a job's whole way, and the same when it is summed up", async () => {
    const { database, queue, build, shop, ledger } = test;
    const [idle, quote] = [await test.quote(), await test.quote()];
    await test.pay(quote);
    await test.finalize();
    await test.follow();
    const presence = await Presence.enter(database, [build]);
    expect(await read()).to.include({
      'jobs{model="iris",state="quoted"}': 1,
      'jobs{model="iris",state="funded"}': 1,
      'queue_depth{model="iris"}': 1,
      'provers{model="iris",build="1111111111111111"}': 1,
      'transactions_total{status="succeeded"}': 1,
      database_up: 1,
    });

    const begin = async () => {
      let delivery: Delivery | undefined;
      // After a failure it is handed out again a second later.
      while (delivery === undefined) delivery = await queue.take([build]);
      const job = { id: quote.jobId, build: build.build };
      return (await database.transaction((sql) => openAttempt(sql, job, presence.id, delivery)))!;
    };
    const first = await begin();
    const problem = { code: "PROVER_FAILED", problem: "it broke" } as const;
    await database.transaction((sql) => failed(sql, queue, first, problem));
    const second = await begin();
    const prover = new WarmProver();
    await test.prove(prover, quote, "proving");
    await prover.close();
    const { answer } = await test.row(quote.jobId);
    await database.transaction((sql) => proven(sql, queue, second, answer!, 3));
    await beginSettlements(shop, database, ledger, { wait: 0 });
    expect(await read()).to.include({ 'transactions_open{state="waiting"}': 1 });
    await ledger.tick();
    expect(await read()).to.include({ 'transactions_open{state="sent"}': 1 });
    await test.finalize();
    await followSettlements(database, test.statusOf);
    await presence.stop();

    const all = await read();
    expect(all).to.include({
      'jobs{model="iris",state="quoted"}': 1,
      'jobs{model="iris",state="final"}': 1,
      'queue_depth{model="iris"}': 0,
      'provers{model="iris",build="1111111111111111"}': 0,
      'attempts_total{model="iris",outcome="failed"}': 1,
      'attempts_total{model="iris",outcome="proven"}': 1,
      'proving_seconds_bucket{le="2",model="iris"}': 0,
      'proving_seconds_bucket{le="5",model="iris"}': 1,
      'proving_seconds_bucket{le="+Inf",model="iris"}': 1,
      'proving_seconds_sum{model="iris"}': 3,
      'proving_seconds_count{model="iris"}': 1,
      'settling_seconds_count{model="iris"}': 1,
      [`earned_total{token="${quote.job.token}"}`]: 1.5e18,
      'transactions_total{status="succeeded"}': 2,
      'transactions_open{state="waiting"}': 0,
      'transactions_open{state="sent"}': 0,
      'transactions_open{state="mined"}': 0,
      'step_failures_total{step="settle"}': 2,
      'ledger_errors_total{part="node"}': 0,
    });
    const receipts = await database.query<{ gas: string; paid: string }>(
      "select sum(gas_used) as gas, sum(gas_used * gas_price) as paid from tx where mined_hash is not null",
    );
    expect(all.gas_used_total).to.equal(Number(receipts[0].gas));
    expect(all.gas_paid_wei_total).to.equal(Number(receipts[0].paid));
    expect(all.balance_wei).to.equal(Number(await test.client.provider!.getBalance(shop.provider)));
    expect(all.state_free_bytes).to.be.greaterThan(0);

    const summed = async () => Number((await database.query("select from tally")).length);
    const same = async () => {
      // The one that the machine changes, not the service.
      const { state_free_bytes: free, ...now } = await read();
      expect({ ...now, state_free_bytes: all.state_free_bytes }, String(free)).to.deep.equal(all);
    };
    await addToTally(database);
    expect(await summed(), "all of it is from just now").to.equal(0);
    await addToTally(database, 0, 0);
    expect(await summed()).to.be.greaterThan(8);
    await same();
    await addToTally(database, 0, 0);
    await same();
    await database.query("update job set state = 'expired', updated_at = now() where id = $1", [idle.jobId]);
    expect(await read()).to.include({
      'jobs{model="iris",state="expired"}': 1,
      'jobs{model="iris",state="final"}': 1,
    });
    const { n } = (await database.query<{ n: number }>("select count(*)::int as n from job_event"))[0];
    expect(n).to.be.greaterThan(8);
  });

  it("count requests and quotes by what the service says, and by nothing that was sent", async () => {
    const metrics = new Metrics(sources());
    const server = await httpServer(test.service({ metrics }));
    const client = await test.client.getAddress();
    const [input] = test.shop.models[0].model.manifest.inputs;
    const post = (inputs: object) =>
      server.inject({ method: "POST", url: "/models/iris/quotes", payload: { client, inputs } });
    expect((await post({ [input.name]: [0.1, 0.2, 0.3, 0.4] })).statusCode).to.equal(201);
    expect((await post({ [input.name]: [1] })).statusCode).to.equal(422);
    for (const url of ["/models", "/nothing/canary", `/jobs/0x${"77".repeat(32)}`]) await server.inject(url);
    const text = await metrics.read();
    const values = valuesOf(text);
    const requests = (route: string, method: string, status: number) =>
      values[`http_request_seconds_count{method="${method}",route="${route}",status="${status}"}`];
    expect(values).to.include({
      'quotes_total{model="iris"}': 1,
      'quotes_refused_total{model="iris",reason="INPUT_INVALID"}': 1,
    });
    expect(requests("/models/:id/quotes", "POST", 201)).to.equal(1);
    expect(requests("/models", "GET", 200)).to.equal(1);
    expect(requests("/jobs/:id", "GET", 404)).to.equal(1);
    expect(requests("none", "any", 404)).to.equal(1);
    expect(text).not.to.match(/canary|7777/);
    expect(text).not.to.contain(client);
    await server.close();
  });

  it("wait for nobody: what is away is not there, and is asked for once", async () => {
    const away = new Database("postgres://127.0.0.1:9/none");
    let asked = 0;
    const never = () => new Promise<bigint>(() => void asked++);
    const metrics = new Metrics({ ...sources(), sql: away, balance: never });
    const began = performance.now();
    const [text, same] = await Promise.all([metrics.read(), metrics.read()]);
    expect(performance.now() - began).to.be.lessThan(3000);
    expect(same).to.equal(text);
    const values = valuesOf(text);
    expect(values).to.include({ database_up: 0 });
    expect(values).not.to.have.any.keys("gas_used_total", "balance_wei", "gas_paid_wei_total");
    expect(Object.keys(values).filter((name) => name.startsWith("jobs"))).to.deep.equal([]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await metrics.read();
    expect(asked).to.equal(1);
    await away.close();
  });

  it("have the names that the documents tell", async () => {
    const text = await readFile("docs/service.md", "utf8");
    const told = [...text.matchAll(/^\| `torch2circom_(\w+)/gm)].map(([, name]) => `torch2circom_${name}`);
    expect(told).to.have.members(new Metrics(sources()).names);
  });
});
