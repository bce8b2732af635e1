import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { ZeroAddress } from "ethers";
import { readFailures } from "../../../src/service/books/failures.js";
import { InputKey } from "../../../src/service/jobs/sealed.js";
import { advance, insertQuoted, recordOf } from "../../../src/service/jobs/store.js";
import { eraseInputs } from "../../../src/service/orders/upkeep.js";
import { buildOf } from "../../../src/service/provers/builds.js";
import type { ProverOptions } from "../../../src/service/provers/options.js";
import { forgetProvers, Presence } from "../../../src/service/provers/presence.js";
import { Promises } from "../../../src/service/running/promises.js";
import type { OfferedModel } from "../../../src/service/offer/shop.js";
import { startProver, type RunningProver } from "../../../src/service/provers/prover.js";
import { isBroken, promise } from "../../../src/service/provers/times.js";
import { refusalOf } from "../../plugin/project.js";
import type { Service } from "./service.js";

/** What holds of a prover, whichever server the database is in. */
export function itProves(open: () => Promise<Service>): void {
  let service: Service;
  let prover: RunningProver | undefined;

  before(async () => {
    service = await open();
  });

  afterEach(async () => {
    prover?.end();
    await prover?.ended;
    prover = undefined;
  });

  after(() => service.stop());

  const start = async (more: Partial<ProverOptions> = {}) => {
    const { database, outDir, key } = service;
    const config = { outDir, prover: undefined, rapidsnark: undefined };
    const isStillWanted = async () => true;
    prover = await startProver({
      ...{ database, models: ["iris"], config, key, isStillWanted, log: () => undefined },
      ...more,
    });
    return prover;
  };

  /** A log that does something at its first line of this message. */
  const at = (message: string, act: () => unknown): Pick<ProverOptions, "log"> => {
    let isDone = false;
    return {
      log: (_, said) => {
        if (said !== message || isDone) return;
        isDone = true;
        act();
      },
    };
  };

  const failures = async (job: string) =>
    (await service.attempts(job)).filter(({ outcome }) => outcome === "failed").length;

  it("proves the build that the service sells, and no other", async () => {
    const { build } = buildOf(service.model.manifest);
    const other = "ab".repeat(32);
    await service.database.query("update offered set build = $1", [other]);
    expect(await refusalOf(() => start()))
      .to.contain(build)
      .and.to.contain(other);
    await service.database.query("update offered set model = 'digits'");
    expect(await refusalOf(() => start())).to.contain('does not sell "iris"');
    await service.database.query("update offered set model = 'iris', build = $1", [build]);
  });

  it("promises nothing without a prover, then what is measured", async () => {
    const build = buildOf(service.model.manifest);
    const job = await service.pay();
    expect(await promise(service.database, build, 7)).to.deep.equal({
      provers: 0,
      waiting: 1,
      seconds: Infinity,
    });
    await start({ isStillWanted: () => Promise.reject(new Error("no node")) });
    expect(await promise(service.database, build, 7)).to.deep.equal({ provers: 1, waiting: 1, seconds: 14 });
    prover!.end();
    await prover!.ended;
    await start();
    await service.until([job], "proven");
    const [{ seconds }] = await service.database.query<{ seconds: number }>("select seconds from attempt");
    expect(await promise(service.database, build, 7)).to.deep.equal({ provers: 1, waiting: 0, seconds });
  });

  it("does not prove what the escrow does not pay for", async () => {
    const [lost, paid] = [await service.pay(), await service.pay()];
    await start({ isStillWanted: async ({ id }) => id === paid });
    await service.until([paid], "proven");
    expect(await service.row(lost)).to.include({ state: "lost", answer: null });
    expect(await service.attempts(lost)).to.deep.equal([]);
  });

  it("gives a job back that it has no key for, and fails nothing", async () => {
    const job = await service.pay();
    const said = new Promise<string>((resolve) => {
      const log: ProverOptions["log"] = ({ problem }) => problem !== undefined && resolve(String(problem));
      void start({ key: new InputKey(randomBytes(32)), log });
    });
    expect(await said)
      .to.contain(job)
      .and.to.contain("another key");
    prover!.end();
    await prover!.ended;
    await start();
    await service.until([job], "proven");
    expect(await service.attempts(job)).to.have.length(1);
  });

  it("leaves a job to others that this machine fails at, and tries again less and less often", async () => {
    const { zkey } = service.model.paths;
    const bytes = await readFile(zkey);
    await writeFile(zkey, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
    const [job, waiting] = [await service.pay(), await service.pay()];
    await start();
    while ((await failures(job)) + (await failures(waiting)) < 4) await wait(50);
    for (const id of [job, waiting]) {
      expect((await service.row(id)).state).to.be.oneOf(["proving", "funded"]);
      for (const { outcome, reason } of await service.attempts(id))
        if (outcome !== null)
          expect(`${outcome} ${reason}`).to.match(/^failed KEY_INVALID: The proving key .* not the one/);
    }
    const gaps = await service.database.query<{ gap: number | null }>(
      `select extract(epoch from started_at - lag(started_at) over (order by started_at))::float8 as gap
       from attempt where job = any($1) order by started_at`,
      [[job, waiting]],
    );
    // The whole machine pauses: not each job for itself.
    for (const [i, least] of [1, 2, 4].entries()) expect(gaps[i + 1].gap).to.be.at.least(least);
    // Nobody buys meanwhile what no machine proves.
    const [{ manifest }, broken] = [service.model, new Promises(service.database, 1e9)];
    const offered = { model: service.model } as OfferedModel;
    expect(await broken.secondsOf(offered)).to.be.a("number");
    expect(await isBroken(service.database, buildOf(manifest))).to.equal(true);
    expect(await refusalOf(() => broken.require(offered))).to.contain(
      "have failed on the service's machines",
    );
    await writeFile(zkey, bytes);
    // Another one does not wait for this one.
    const other = prover!;
    await start();
    await service.until([job, waiting], "proven");
    other.end();
    await other.ended;
    for (const id of [job, waiting]) expect(await service.isProven(id)).to.equal(true);
    expect(await broken.require(offered)).to.be.a("number");
  });

  it("ends a job at which two machines fail, whatever they do", async () => {
    const integers = service.model.manifest.inputs.map(() => [2 ** 40, 0, 0, 0]);
    const job = await service.pay(0, integers);
    await start();
    while ((await failures(job)) === 0) await wait(20);
    await service.database.query("update attempt set host = 'another machine' where job = $1", [job]);
    await service.until([job], "failed");
    expect(await service.attempts(job)).to.have.length(2);
    expect((await service.row(job)).reason).to.contain("INPUT_INVALID");
    // Where there is one machine alone, it has to fail three times. Others are proven meanwhile.
    const [again, next] = [await service.pay(0, integers), await service.pay()];
    await service.until([again], "failed");
    const reasons = (await service.attempts(again)).map(({ outcome, reason }) => `${outcome} ${reason}`);
    expect(reasons).to.have.length(3);
    for (const reason of reasons) expect(reason).to.match(/^failed INPUT_INVALID/);
    expect(await service.isProven(next)).to.equal(true);
  });

  it("asks the other machine before a job fails that one alone has tried", async () => {
    const presence = await Presence.enter(service.database, [buildOf(service.model.manifest)]);
    try {
      await service.database.query("update prover set host = 'another machine' where id = $1", [presence.id]);
      const job = await service.pay(0, [[2 ** 40, 0, 0, 0]]);
      await start();
      while ((await failures(job)) < 4) await wait(50);
      expect((await service.row(job)).state).to.equal("proving");
      await presence.stop();
      await service.until([job], "failed");
    } finally {
      await presence.stop();
    }
  });

  it("forgets provers that are gone, and none that are alive or have a job", async () => {
    const { database } = service;
    const job = await service.pay();
    const gone = await Presence.enter(database, [buildOf(service.model.manifest)]);
    await gone.stop();
    const busy = await Presence.enter(database, [buildOf(service.model.manifest)]);
    await busy.stop();
    await database.query(
      `insert into attempt (job, n, retry, build, prover, host) values ($1, 0, 0, '', $2, 'here')`,
      [job, busy.id],
    );
    await database.query("update attempt set ended_at = ended_at - interval '8 days'");
    // It ran for long, and has failed lately: who looks at failures asks for it.
    const lately = await Presence.enter(database, [buildOf(service.model.manifest)]);
    await lately.stop();
    await database.query(
      `insert into attempt (job, n, retry, build, prover, host, ended_at, outcome, reason)
       values ($1, 1, 0, '', $2, 'here', now(), 'failed', 'UNEXPECTED: it broke')`,
      [job, lately.id],
    );
    const alive = await Presence.enter(database, [buildOf(service.model.manifest)]);
    await forgetProvers(database);
    expect(await database.query("select from prover where id = $1", [gone.id])).to.have.length(1);
    await database.query("update prover set started_at = now() - interval '8 days'");
    await forgetProvers(database);
    const left = await database.query<{ id: number }>("select id from prover order by id");
    expect(left.map(({ id }) => id)).to.deep.equal([busy.id, lately.id, alive.id]);
    // A failure outlives its prover.
    const account = { chain: 1n, address: ZeroAddress };
    const failure = async () =>
      (await readFailures(database, account)).attempts.find((one) => one.job === job);
    expect(await failure()).to.include({ host: "here", pid: process.pid });
    await database.query("delete from prover where id = $1", [lately.id]);
    expect(await failure()).to.include({ reason: "UNEXPECTED: it broke", host: "here", pid: null });
    // What it did before is known still, also of one that is gone; and one whose lock was lost registers again.
    expect((await service.attempts(job))[0]).to.include({ prover: busy.id });
    await database.query("delete from prover where id = $1", [alive.id]);
    const lock = "l.locktype = 'advisory' and l.classid = 7001 and l.objid = $1";
    await database.query(`select pg_terminate_backend(pid) from pg_locks l where ${lock}`, [alive.id]);
    const rows = () => database.query("select from prover where id = $1", [alive.id]);
    while ((await rows()).length === 0) await wait(50);
    await alive.stop();
    await advance(database, job, ["funded"], "lost");
  });

  it("finishes the proof in hand when it is stopped, and takes no other", async () => {
    const [first, second] = [await service.pay(), await service.pay()];
    await start(at("Proving", () => prover!.stop()));
    await prover!.ended;
    expect((await service.row(first)).state).to.equal("proven");
    expect((await service.row(second)).state).to.equal("funded");
    // And when it is ended at once, its job is another's.
    await start(at("Proving", () => prover!.end()));
    await prover!.ended;
    expect((await service.row(second)).state).to.equal("proving");
    await start();
    await service.until([second], "proven");
    const outcomes = (await service.attempts(second)).map(({ outcome }) => outcome);
    expect(outcomes).to.deep.equal(["prover died", "proven"]);
  });

  it("keeps its proof while the database is away", async () => {
    const job = await service.pay();
    const postgres = await service.postgres();
    let isBack: Promise<void> | undefined;
    await start(at("Proving", () => (isBack = service.killPostgres())));
    await service.until([job], "proven");
    await isBack;
    expect(await service.postgres()).not.to.equal(postgres);
    expect(await service.isProven(job)).to.equal(true);
    const outcomes = (await service.attempts(job)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "proven")).to.have.length(1);
  });

  it("works on rows that go one way, with inputs that are erased in the end", async () => {
    const id = await service.pay();
    const row = await service.row(id);
    const record = recordOf(row, service.key);
    expect(record).to.deep.include({ jobId: id, job: row.terms, model: "iris" });
    expect(service.secrets).to.include(record.input.salt.toString());
    const quoted = { record, build: row.build, payee: row.payee, payment: row.payment };
    expect(await insertQuoted(service.database, quoted, service.key)).to.equal(false);
    expect(await advance(service.database, id, ["quoted"], "expired")).to.equal(false);
    await eraseInputs(service.database, 0);
    expect((await service.row(id)).input).not.to.equal(null);
    expect(await advance(service.database, id, ["funded"], "refunded", { reason: "late", gas: 5n })).to.equal(
      true,
    );
    await eraseInputs(service.database, 60);
    expect((await service.row(id)).input).not.to.equal(null);
    await eraseInputs(service.database, 0);
    const erased = await service.row(id);
    expect(erased).to.include({ state: "refunded", reason: "late", input: null });
    expect(() => recordOf(erased, service.key)).to.throw("is erased");
  });
}
