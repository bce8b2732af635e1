import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { InputKey } from "../../../src/service/jobs/sealed.js";
import { advance, insertQuoted, recordOf } from "../../../src/service/jobs/store.js";
import { eraseInputs } from "../../../src/service/orders/upkeep.js";
import { buildOf } from "../../../src/service/provers/builds.js";
import type { ProverOptions } from "../../../src/service/provers/options.js";
import { startProver, type RunningProver } from "../../../src/service/provers/prover.js";
import { promise } from "../../../src/service/provers/times.js";
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

  it("tries three times, then the job has failed, and says why", async () => {
    const { zkey } = service.model.paths;
    const bytes = await readFile(zkey);
    await writeFile(zkey, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
    const job = await service.pay();
    await start();
    await service.until([job], "failed");
    await writeFile(zkey, bytes);
    const reasons = (await service.attempts(job)).map(({ outcome, reason }) => `${outcome} ${reason}`);
    expect(reasons).to.have.length(3);
    for (const reason of reasons)
      expect(reason).to.match(/^failed KEY_INVALID: The proving key .* not the one/);
    expect((await service.row(job)).reason).to.contain("KEY_INVALID");
    const next = await service.pay();
    await service.until([next], "proven");
    expect(await service.isProven(next)).to.equal(true);
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
