import { expect } from "chai";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { deadlineOf } from "../../src/runtime/jobs.js";
import torch2circom from "../../src/index.js";
import { FIXTURES, makeProject, temporaryFolder } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

const samples = join(FIXTURES, "iris_mlp");
const model = join(samples, "model.pt2");

describe("a project's folders", function () {
  it("may be links: of all builds, of one of them, and of the verifiers", async () => {
    const { root } = await makeProject();
    const target = temporaryFolder();
    for (const folder of ["builds", "one", "generated"]) mkdirSync(join(target, folder));
    symlinkSync(join(target, "builds"), join(root, "torch2circom"));
    symlinkSync(join(target, "one"), join(root, "torch2circom", "linked"));
    mkdirSync(join(root, "contracts"));
    symlinkSync(join(target, "generated"), join(root, "contracts", "generated"));
    const hre = await createHardhatRuntimeEnvironment({ plugins: [torch2circom] }, {}, root);
    const { torch2circom: runtime } = hre;
    await runtime.build({ model, samples, name: "linked" });
    expect(readdirSync(join(target, "one"))).to.include.members(["manifest.json", "proving.zkey"]);
    expect(readdirSync(join(target, "generated"))).to.deep.equal(["LinkedVerifier.sol"]);
    const proof = await runtime.prove("linked", { samples });
    expect(await runtime.verify("linked", proof)).to.include({ valid: true });
    expect((await runtime.list()).builds.map(({ name }) => name)).to.deep.equal(["linked"]);
    await hre.tasks.getTask("clean").run({ global: false });
    // The link stays, for the next build.
    expect(readdirSync(join(target, "one"))).to.deep.equal([]);
    expect(existsSync(join(root, "torch2circom", "linked"))).to.equal(true);
  });

  it("are listed where a file in them is damaged, with the file's name and what to do", async () => {
    const { hre } = await makeProject();
    const { torch2circom: runtime } = hre;
    const { outDir } = hre.config.torch2circom;
    await buildOnce(hre, { name: "good" });
    await runtime.deploy();
    await runtime.register("good");
    const { jobId, file } = await runtime.request("good", { samples, amount: "0.01" });
    const manifest = join(outDir, "bad", "manifest.json");
    mkdirSync(join(outDir, "bad"));
    writeFileSync(manifest, '{"format":');
    // Where jobs were once, they are found too.
    const jobs = join(outDir, "good", "jobs");
    mkdirSync(jobs);
    copyFileSync(file, join(jobs, "0xab.json"));
    writeFileSync(
      join(jobs, "0xab.json"),
      readFileSync(file, "utf8").replace(/"amount": "\d+"/, '"amount": "much"'),
    );
    mkdirSync(join(jobs, "0xcd.json"));
    const [builds, listing] = [await runtime.list(), await runtime.jobs()];
    expect(builds.builds.map(({ name }) => name)).to.deep.equal(["good"]);
    expect(listing.jobs.map((job) => [job.jobId, job.status])).to.deep.equal([[jobId, "funded"]]);
    expect(listing.due!.balances).to.have.length(1);
    expect(builds.damaged.map(({ file: path }) => path)).to.deep.equal([manifest]);
    const damaged = [join(jobs, "0xab.json"), join(jobs, "0xcd.json")];
    expect(listing.damaged.map(({ file: path }) => path)).to.have.members(damaged);
    for (const { file: path, problem, remedy } of [...builds.damaged, ...listing.damaged]) {
      expect(problem).to.contain(path);
      expect(remedy).to.match(/Build the model again|Ask the client/);
    }
  });
});

describe("a job's deadline", () => {
  it("is a date, and the number where there is no such date", () => {
    const job = (fulfillBy: bigint) => ({ fulfillBy }) as Parameters<typeof deadlineOf>[0];
    expect(deadlineOf(job(1_800_000_000n))).to.equal("2027-01-15T08:00:00.000Z");
    expect(deadlineOf(job(2n ** 63n))).to.equal("second 9223372036854775808 of Unix time");
  });
});
