import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { isDatabaseGone } from "../../../src/service/database/database.js";
import { ProverProcess } from "./processes.js";
import { Service } from "./service.js";

const PROVERS = 3;
const KILLS = 40;
const JOBS_PER_KILL = 5;
const SAMPLES = 64;
/** One kill of so many is the database's. */
const DATABASE = 5;

describe("provers and a database that are killed at any time", function () {
  let service: Service;
  const provers: ProverProcess[] = [];
  const all: ProverProcess[] = [];

  before(async () => {
    service = await Service.start();
    for (let i = 0; i < PROVERS; i++) start(i);
  });

  after(async () => {
    for (const prover of provers) prover.signal("SIGKILL");
    await Promise.all(provers.map((prover) => prover.ended()));
    await service.stop();
  });

  const start = (i: number) => all.push((provers[i] = new ProverProcess(service)));
  const begun = () => all.flatMap(({ lines }) => lines).filter((line) => line.includes('"Proving"')).length;
  const whereGone = async (error: unknown) => {
    if (!isDatabaseGone(error)) throw error;
    await wait(50);
  };
  const any = (count: number) => Math.floor(Math.random() * count);

  it("prove every job, each once", async () => {
    const jobs: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const at = begun() + 1 + any(JOBS_PER_KILL - 1);
      while (jobs.length < (kill + 1) * JOBS_PER_KILL) {
        // Where the database was away, the buyer asks again.
        const job = await service.pay(jobs.length % SAMPLES).catch(whereGone);
        if (job !== undefined) jobs.push(job);
      }
      while (begun() < at) await wait(20);
      await wait(any(400));
      const victim = any(PROVERS);
      if (kill % DATABASE === 0) process.kill(await service.postgres(), "SIGKILL");
      else {
        provers[victim].signal("SIGKILL");
        start(victim);
      }
    }
    await service.until(jobs, "proven");
    for (const job of jobs) {
      const outcomes = (await service.attempts(job)).map(({ outcome }) => outcome);
      expect(
        outcomes.filter((outcome) => outcome === "proven"),
        job,
      ).to.have.length(1);
      expect(outcomes, job).not.to.include("failed");
      expect(await service.isProven(job), job).to.equal(true);
    }
    const lines = all.flatMap((prover) => prover.lines).join("\n");
    for (const secret of service.secrets) expect(lines).not.to.contain(secret);
  });
});
