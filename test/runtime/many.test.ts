import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readVerificationKey } from "../../src/groth16/files.js";
import { batchFolder } from "../../src/artifacts/paths.js";
import type { Anvil } from "../helpers/anvil.js";
import { changedFiles } from "../helpers/changedFiles.js";
import { startDevnet } from "../helpers/devnet.js";
import { FIXTURES, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const model = join(samples, "model.pt2");

describe("many jobs in one proof", function () {
  let anvil: Anvil;
  let hre: HardhatRuntimeEnvironment;
  let jobsDir: string;
  let outDir: string;

  const request = async (index: number, name = "iris"): Promise<string> =>
    (await hre.torch2circom.request(name, { samples, index, amount: "0.01" })).jobId;
  const requests = async (...indexes: number[]) => {
    const jobs: string[] = [];
    for (const index of indexes) jobs.push(await request(index));
    return jobs;
  };
  const record = (job: string) =>
    JSON.parse(readFileSync(join(jobsDir, `${job}.json`), "utf8")) as {
      proven?: { batch?: { jobs: number; jobIds: string[] } };
      job: { fulfillBy: string };
    };

  before(async () => {
    ({ anvil, hre } = await startDevnet());
    ({ outDir, jobsDir } = hre.config.torch2circom);
    await hre.torch2circom.deploy();
  });

  after(() => anvil.close());

  it("is built with a circuit and a key for each number of jobs, the same as circom's, and registered under one id", async () => {
    const { manifest } = await hre.torch2circom.build({
      model,
      samples,
      name: "iris",
      batch: [4, 2, 1],
      check: true,
    });
    expect(manifest.batches?.map(({ jobs }) => jobs)).to.deep.equal([2, 4]);
    const [two, four] = manifest.batches!;
    expect(four.constraints.nonlinear).to.be.within(
      1.7 * two.constraints.nonlinear,
      2.1 * two.constraints.nonlinear,
    );
    for (const batch of manifest.batches!) {
      const key = await readVerificationKey(
        join(outDir, "iris", batchFolder(batch.jobs), "verification_key.json"),
      );
      expect(key.nPublic).to.equal(3);
    }
    const { modelId } = await hre.torch2circom.register("iris");
    expect(modelId.slice(0, 4)).to.equal("0x02");
    const { registry } = await hre.torch2circom.contracts();
    expect(await registry.batchSizes(modelId)).to.deep.equal([2n, 4n]);
  });

  it("settles jobs by one proof, also fewer than it has room for, each with its own answer", async () => {
    const jobs = await requests(0, 1, 2);
    const results = await hre.torch2circom.fulfillMany(jobs, { account: 2 });
    expect(results.map(({ jobId }) => jobId)).to.deep.equal(jobs);
    expect(new Set(results.map(({ transaction }) => transaction)).size).to.equal(1);
    for (const [index, job] of jobs.entries()) {
      const { status, outputs } = await hre.torch2circom.status(job);
      expect(status).to.equal("fulfilled");
      const { outputs: own } = await hre.torch2circom.prove("iris", { samples, index });
      expect(outputs).to.deep.equal(own);
      expect(results[index].outputs).to.deep.equal(own);
    }
    // Again, it says the same and sends nothing.
    const again = await hre.torch2circom.fulfillMany(jobs, { account: 2 });
    expect(again.map(({ transaction }) => transaction)).to.deep.equal(
      results.map(({ transaction }) => transaction),
    );
  });

  it("takes as many proofs as there are jobs for, and leaves out those that are paid", async () => {
    const jobs = await requests(0, 1, 2, 3, 4, 5);
    await hre.torch2circom.fulfill(jobs[1], { account: 2 });
    const results = await hre.torch2circom.fulfillMany([...jobs, jobs[0]], { account: 2 });
    expect(results.map(({ jobId }) => jobId)).to.deep.equal(jobs);
    const [first, paid, ...rest] = results.map(({ transaction }) => transaction);
    // Four of five jobs in one proof, and the last alone.
    expect(rest.slice(0, 3)).to.deep.equal([first, first, first]);
    expect(new Set([first, paid, rest[3]]).size).to.equal(3);
    const balance = await (await hre.torch2circom.withdraw({ account: 2 })).amount;
    expect(balance).to.equal(9n * 10n ** 16n);
  });

  it("has its proof in the files of all of its jobs before it is sent, and goes on with it from any of them", async () => {
    const jobs = await requests(6, 7);
    await anvil.send("evm_setAutomine", false);
    const waits = { account: 2, timeout: 1, interval: 50 };
    const said = await refusalOf(() => hre.torch2circom.fulfillMany(jobs, waits));
    await anvil.send("evm_setAutomine", true);
    expect(said).to.contain("No word of transaction");
    await anvil.send("evm_mine");
    for (const job of jobs) expect(record(job).proven?.batch?.jobIds).to.deep.equal(jobs);
    const { transaction } = await hre.torch2circom.resume(jobs[1]);
    for (const job of jobs) {
      const { status, transaction: settled } = await hre.torch2circom.status(job);
      expect([status, settled]).to.deep.equal(["fulfilled", transaction]);
    }
  });

  it("sends a proof that is made, however close the deadline is", async () => {
    const jobs = await requests(10, 11);
    await anvil.send("evm_setAutomine", false);
    await refusalOf(() => hre.torch2circom.fulfillMany(jobs, { account: 2, timeout: 1, interval: 50 }));
    await anvil.send("anvil_dropAllTransactions");
    await anvil.send("evm_setAutomine", true);
    const { job } = record(jobs[0]);
    await anvil.send("evm_setNextBlockTimestamp", Number(job.fulfillBy) - 4);
    await anvil.send("evm_mine");
    await hre.torch2circom.resume(jobs[0], { interval: 50 });
    for (const one of jobs) expect((await hre.torch2circom.status(one)).status).to.equal("fulfilled");
  });

  it("refuses jobs of other models, jobs that are over, and jobs whose file is not here, before it proves", async () => {
    await hre.torch2circom.build({ model, samples, name: "other", weightBits: 5 });
    await hre.torch2circom.register("other");
    const [own] = await requests(8);
    const foreign = await request(8, "other");
    const refused = (jobs: string[]) => refusalOf(() => hre.torch2circom.fulfillMany(jobs, { account: 2 }));
    expect(await refused([own, foreign]))
      .to.contain(foreign)
      .and.to.contain("another model");
    const [refunded] = await requests(9);
    expect(await refused([own, `0x${"12".repeat(32)}`])).to.contain("is not known here");
    await anvil.send("evm_increaseTime", 3 * 24 * 3600);
    await anvil.send("evm_mine");
    expect(await refused([refunded, own])).to.contain("deadline is over");
    expect(record(own).proven).to.equal(undefined);
  });

  it("keeps a registered set of keys when a build would make another", async () => {
    const manifest = await hre.torch2circom.manifest("iris");
    for (const batch of [[2], undefined, [2, 3, 4]]) {
      const said = await refusalOf(() => hre.torch2circom.build({ model, samples, name: "iris", batch }));
      expect(said).to.contain("--force");
      expect(await hre.torch2circom.manifest("iris")).to.deep.equal(manifest);
      expect(await changedFiles(join(outDir, "iris"), manifest)).to.deep.equal([]);
    }
  });
});
