import { expect } from "chai";
import { ProverProcess } from "./processes.js";
import { Service } from "./service.js";

describe("processes that prove", function () {
  let service: Service;
  const started: ProverProcess[] = [];

  before(async () => {
    service = await Service.start();
  });

  after(async () => {
    for (const process of started) process.signal("SIGKILL");
    await Promise.all(started.map((process) => process.ended()));
    await service.stop();
  });

  const start = (
    ...args: ConstructorParameters<typeof ProverProcess> extends [unknown, ...infer Rest] ? Rest : never
  ) => {
    const process = new ProverProcess(service, ...args);
    started.push(process);
    return process;
  };

  it("prove each job once, whoever is killed", async () => {
    const jobs = await Promise.all(Array.from({ length: 12 }, (_, i) => service.pay(i)));
    const killed = start({ message: "Proving", signal: "SIGKILL", count: 3 });
    const other = start();
    await service.until(jobs, "proven");
    await killed.ended();
    const attempts = (await Promise.all(jobs.map((job) => service.attempts(job)))).flat();
    const outcomes = attempts.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "proven")).to.have.length(12);
    expect(outcomes.filter((outcome) => outcome !== "proven")).to.deep.equal(["prover died"]);
    for (const job of jobs) expect(await service.isProven(job), job).to.equal(true);
    other.signal("SIGTERM");
    await other.ended();
    expect(other.lines.at(-1)).to.contain("Ended");
  });

  it("throw the result of one away that slept until another had proven", async () => {
    const slow = start({ message: "Proving", signal: "SIGSTOP", count: 1 });
    const job = await service.pay();
    await slow.said("Proving");
    const other = start();
    await service.until([job], "proven");
    const { answer } = await service.row(job);
    slow.signal("SIGCONT");
    expect(JSON.parse(await slow.said("too late"))).to.include({ job, attempt: 0 });
    expect(await service.row(job)).to.have.deep.property("answer", answer);
    expect((await service.attempts(job)).map(({ outcome }) => outcome)).to.deep.equal([
      "superseded",
      "proven",
    ]);
    for (const process of [slow, other]) process.signal("SIGTERM");
    await Promise.all([slow.ended(), other.ended()]);
  });

  it("do nothing twice that was done when one was killed", async () => {
    const killed = start({ message: "Proven", signal: "SIGKILL", count: 1 });
    const job = await service.pay();
    await killed.ended();
    const { answer, state } = await service.row(job);
    expect(state).to.equal("proven");
    // The queue may hand a job out again for reasons of its own.
    await service.database.query("delete from pgboss.job where id = $1", [(await service.row(job)).queueId]);
    expect(await service.queue.enqueue(service.database, await service.row(job))).to.equal(true);
    const [next, other] = [await service.pay(), start()];
    await other.said("Proving");
    other.interrupt();
    await other.ended();
    expect(await service.isProven(next)).to.equal(true);
    expect((await service.attempts(next)).map(({ outcome }) => outcome)).to.deep.equal(["proven"]);
    expect(await service.attempts(job)).to.have.length(1);
    expect((await service.row(job)).answer).to.deep.equal(answer);
  });

  it("log no input, salt or key, and name the job in each line about one", () => {
    const lines = started.flatMap((process) => process.lines);
    expect(service.secrets.length).to.be.greaterThan(20);
    for (const line of lines) {
      const fields = JSON.parse(line) as { job?: string; attempt?: number; message: string };
      if (fields.attempt !== undefined) expect(fields.job, line).to.match(/^0x[0-9a-f]{64}$/);
      for (const secret of service.secrets) expect(line).not.to.contain(secret);
    }
  });
});
