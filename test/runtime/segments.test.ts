import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { segmentFolder } from "../../src/artifacts/paths.js";
import type { Anvil } from "../helpers/anvil.js";
import { startDevnet } from "../helpers/devnet.js";
import { FIXTURES, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const model = join(samples, "model.pt2");

interface Pipeline {
  salts: string[];
  edges: string[];
  proofs: (object | null)[];
}

describe("a model in segments", function () {
  let anvil: Anvil;
  let hre: HardhatRuntimeEnvironment;
  let jobsDir: string;
  let outDir: string;

  const fileOf = (job: string) => join(jobsDir, `${job}.json`);
  const read = (job: string) => JSON.parse(readFileSync(fileOf(job), "utf8")) as { pipeline: Pipeline };
  const request = async (index: number): Promise<string> =>
    (await hre.torch2circom.request("iris", { samples, index, amount: "0.01" })).jobId;

  before(async () => {
    ({ anvil, hre } = await startDevnet());
    ({ outDir, jobsDir } = hre.config.torch2circom);
    await hre.torch2circom.deploy();
  });

  after(() => anvil.close());

  it("is built with a circuit and a key for each, the same as circom's, and registered under one id", async () => {
    const { manifest } = await hre.torch2circom.build({
      model,
      samples,
      name: "iris",
      segments: 2,
      check: true,
    });
    expect(manifest.segments?.length).to.equal(2);
    expect(manifest.hashes.zkey).to.equal(undefined);
    const { modelId } = await hre.torch2circom.register("iris");
    expect(modelId.slice(0, 4)).to.equal("0x03");
    // The same again makes nothing new.
    expect(
      (await hre.torch2circom.build({ model, samples, name: "iris", segments: 2 })).manifest,
    ).to.deep.equal(manifest);
  });

  it("is paid for by a proof of each segment in one transaction, and gives the answers of the whole", async () => {
    await hre.torch2circom.build({ model, samples, name: "whole" });
    for (const index of [0, 30, 60]) {
      const job = await request(index);
      const { outputs } = await hre.torch2circom.fulfill(job, { account: 2 });
      expect((await hre.torch2circom.status(job)).outputs).to.deep.equal(outputs);
      expect(outputs).to.deep.equal((await hre.torch2circom.prove("whole", { samples, index })).outputs);
    }
  });

  it("keeps each proof that is made, and makes those again that do not hold", async () => {
    const [first, second] = [await request(1), await request(2)];
    await anvil.send("evm_setAutomine", false);
    const waits = { account: 2, timeout: 1, interval: 50 };
    const said = await refusalOf(() => hre.torch2circom.fulfill(first, waits));
    await anvil.send("evm_setAutomine", true);
    expect(said).to.contain("No word of transaction");
    const { pipeline } = read(first);
    expect(pipeline.proofs).not.to.include(null);
    expect(pipeline.salts.length).to.equal(1);
    await hre.torch2circom.fulfill(second, { account: 2 });
    const { pipeline: other } = read(second);
    expect(other.salts).not.to.deep.equal(pipeline.salts);
    // Proofs of another job, and one that is missing: both are made again.
    const third = await request(3);
    const file = JSON.parse(readFileSync(fileOf(third), "utf8")) as object;
    writeFileSync(
      fileOf(third),
      JSON.stringify({ ...file, pipeline: { ...other, proofs: [other.proofs[0], null] } }),
    );
    const { outputs } = await hre.torch2circom.fulfill(third, { account: 2 });
    expect((await hre.torch2circom.status(third)).outputs).to.deep.equal(outputs);
    expect(read(third).pipeline.proofs[0]).not.to.deep.equal(other.proofs[0]);
  });

  it("is proven by several machines, which share the job's file", async () => {
    const job = await request(5);
    const payee = (await (await hre.network.getOrCreate()).ethers.getSigners())[2].address;
    const prove = (segments: number[], proofs?: string[]) =>
      hre.torch2circom.proveSegments("iris", { job, payee, segments, proofs });
    // The first machine; its file goes to the second, which begins with it.
    const first = await prove([1]);
    expect([first.proven, first.missing]).to.deep.equal([[1], [2]]);
    const { jobs } = await hre.torch2circom.jobs();
    expect(jobs.find(({ jobId }) => jobId === job)!.state).to.equal("1 of its 2 segments are proven here");
    const begun = readFileSync(fileOf(job), "utf8");
    const { missing } = await prove([2]);
    expect(missing).to.deep.equal([]);
    const back = join(jobsDir, "..", "back.json");
    writeFileSync(back, readFileSync(fileOf(job), "utf8"));
    const { pipeline } = read(job);
    // The first machine has its own proof only, and gets the other by the file; one that does not hold is left.
    writeFileSync(fileOf(job), begun);
    const forged = join(jobsDir, "..", "forged.json");
    const proofs = [pipeline.proofs[1], pipeline.proofs[0]];
    writeFileSync(
      forged,
      JSON.stringify({ ...(JSON.parse(begun) as object), pipeline: { ...pipeline, proofs } }),
    );
    await hre.torch2circom.fulfill(job, { account: 2, proofs: [forged, back] });
    expect(read(job).pipeline.proofs).to.deep.equal(pipeline.proofs);
    const other = await request(6);
    const foreign = hre.torch2circom.fulfill(other, { account: 2, proofs: [back] });
    expect(await refusalOf(() => foreign)).to.contain("has no proofs of segments");
    expect(await refusalOf(() => prove([3]))).to.contain("no segment 3");
    // Of several jobs, each gets its own files.
    const pair = [other, await request(7)];
    const files: string[] = [];
    for (const one of pair) {
      const { file } = await hre.torch2circom.proveSegments("iris", { job: one, payee, segments: [1] });
      const kept = readFileSync(file, "utf8");
      await hre.torch2circom.proveSegments("iris", { job: one, payee, segments: [2] });
      files.push(join(jobsDir, "..", `${one}.json`));
      writeFileSync(files[files.length - 1], readFileSync(file, "utf8"));
      writeFileSync(file, kept);
    }
    const many = (given: string[]) => hre.torch2circom.fulfillMany(pair, { account: 2, proofs: given });
    expect(await refusalOf(() => many([...files, back]))).to.contain("not among those to fulfill");
    await many(files.toReversed());
    for (const [i, one] of pair.entries())
      expect(read(one).pipeline.proofs).to.deep.equal(
        (JSON.parse(readFileSync(files[i], "utf8")) as { pipeline: Pipeline }).pipeline.proofs,
      );
  });

  it("refuses what is of one circuit, keys of two phases, and cuts that there are not", async () => {
    const said = (action: () => Promise<unknown>) => refusalOf(action);
    expect(await said(() => hre.torch2circom.prove("iris", { samples }))).to.contain("built in 2 segments");
    expect(await said(() => hre.torch2circom.attack("iris", { samples, seconds: 1 }))).to.contain(
      "2 segments",
    );
    const build = (more: object) => hre.torch2circom.build({ model, samples, name: "x", ...more });
    expect(await said(() => build({ segments: 50 }))).to.contain("cannot be cut into 50 segments");
    expect(await said(() => build({ segments: { rows: 16 } }))).to.contain("16 rows");
    expect(await said(() => build({ segments: 2, batch: [2] }))).to.contain("--segments or with --batch");
    expect(await said(() => build({ segments: 2, weights: "private" }))).to.contain("weights are public");
    const { manifest } = await hre.torch2circom.build({ model, samples, name: "auto", segments: "auto" });
    expect(manifest.segments).to.equal(undefined);
  });

  it("does not prove with a segment's key that is another's, or missing", async () => {
    const job = await request(4);
    const key = join(outDir, "iris", segmentFolder(1), "proving.zkey");
    const bytes = readFileSync(key);
    writeFileSync(key, readFileSync(join(outDir, "iris", segmentFolder(0), "proving.zkey")));
    expect(await refusalOf(() => hre.torch2circom.fulfill(job, { account: 2 }))).to.contain(
      "not the one that was built",
    );
    writeFileSync(key, bytes);
    const { pipeline } = read(job);
    expect(pipeline.proofs.map((proof) => proof !== null)).to.deep.equal([true, false]);
    expect((await hre.torch2circom.resume(job)).step).to.equal("fulfill");
    expect(read(job).pipeline.proofs[0]).to.deep.equal(pipeline.proofs[0]);
  });
});
