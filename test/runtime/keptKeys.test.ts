import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { removeDevelopmentBuilds } from "../../src/artifacts/clean.js";
import type { Anvil } from "../helpers/anvil.js";
import { changedFiles } from "../helpers/changedFiles.js";
import { startDevnet } from "../helpers/devnet.js";
import { FIXTURES, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const model = join(samples, "model.pt2");

describe("a key that is registered", function () {
  let anvil: Anvil;
  let hre: HardhatRuntimeEnvironment;
  let folder: string;
  let outDir: string;
  let job: string;

  before(async () => {
    ({ anvil, hre } = await startDevnet());
    ({ outDir } = hre.config.torch2circom);
    folder = join(outDir, "iris");
    await hre.torch2circom.build({ model, samples, name: "iris" });
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris");
    ({ jobId: job } = await hre.torch2circom.request("iris", { samples, amount: "0.01" }));
  });

  after(() => anvil.close());

  it("outlives a build that would replace it, which leaves everything as it was", async () => {
    const manifest = await hre.torch2circom.manifest("iris");
    const files = readdirSync(folder, { recursive: true });
    const other = { model, samples, name: "iris", weightBits: 5 };
    const said = await refusalOf(() => hre.torch2circom.build(other));
    expect(said).to.contain("is registered on chain 31337").and.to.contain("--force");
    expect(await hre.torch2circom.manifest("iris")).to.deep.equal(manifest);
    expect(await changedFiles(folder, manifest)).to.deep.equal([]);
    expect(readdirSync(folder, { recursive: true })).to.have.members([...files, "keys"]);
    // The same build is no replacement.
    await hre.torch2circom.build({ model, samples, name: "iris" });
    expect(readdirSync(join(folder, "keys"))).to.deep.equal([]);
  });

  for (const [when, left] of [
    ["at first", [0]],
    ["once its circuit is linked", [2 ** 40, 0]],
  ] as const)
    it(`outlives a build that ${when} turns out not to fit into memory, with its build`, async () => {
      const manifest = await hre.torch2circom.manifest("iris");
      const { availableMemory } = process;
      const answers = [...left];
      process.availableMemory = () => answers.shift() ?? 0;
      try {
        const other = { model, samples, name: "iris", weightBits: 6, force: true };
        const said = await refusalOf(() => hre.torch2circom.build(other));
        expect(said).to.contain("would not fit").and.to.contain("--anyway");
        expect(answers).to.deep.equal([]);
      } finally {
        process.availableMemory = availableMemory;
      }
      expect(await hre.torch2circom.manifest("iris")).to.deep.equal(manifest);
      expect(await changedFiles(folder, manifest)).to.deep.equal([]);
      expect(readdirSync(join(folder, "keys"))).to.deep.equal([]);
    });

  it("is kept with its build where it is replaced, and fulfills its jobs", async () => {
    const { hashes } = await hre.torch2circom.manifest("iris");
    await hre.torch2circom.build({ model, samples, name: "iris", weightBits: 5, force: true });
    expect((await hre.torch2circom.manifest("iris")).hashes.zkey).not.to.equal(hashes.zkey);
    expect(readdirSync(join(folder, "keys"))).to.deep.equal([hashes.zkey]);
    const { outputs } = await hre.torch2circom.fulfill(job, { account: 2 });
    expect((await hre.torch2circom.status(job)).outputs).to.deep.equal(outputs);
  });

  it("is found under whatever name the client has for its model, whatever else a client's file says", async () => {
    await hre.torch2circom.register("iris");
    const { file } = await hre.torch2circom.request("iris", { samples, amount: "0.01" });
    const { transactions, ...record } = JSON.parse(readFileSync(file, "utf8")) as {
      transactions: { purpose: string }[];
    };
    rmSync(file);
    const foreign = join(folder, "..", "foreign.json");
    const sent = transactions.map((entry) => ({ ...entry, purpose: "fulfill" }));
    const claims = { model: "flowers", answer: ["1"], transactions: sent };
    writeFileSync(foreign, JSON.stringify({ ...record, ...claims }));
    const { outputs } = await hre.torch2circom.fulfill(foreign);
    expect(outputs).to.deep.equal((await hre.torch2circom.prove("iris", { samples })).outputs);
  });

  it("is kept by clean, as are jobs that lie where they once did; clean says so", async () => {
    for (const name of ["old", "new"]) mkdirSync(join(outDir, name, ".stages"), { recursive: true });
    mkdirSync(join(outDir, "old", "jobs"));
    const kept = await removeDevelopmentBuilds(outDir);
    expect(kept).to.deep.equal([
      { folder, why: "its key is registered on chain 31337" },
      { folder: join(outDir, "old", "jobs"), why: "it has jobs, whose salts are nowhere else" },
    ]);
    expect(readdirSync(join(outDir, "old"))).to.deep.equal(["jobs"]);
    expect(existsSync(join(outDir, "new"))).to.equal(false);
    expect(existsSync(join(folder, "proving.zkey"))).to.equal(true);
  });
});
