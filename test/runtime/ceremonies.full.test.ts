import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { hashFile } from "../../src/artifacts/hash.js";
import type { AuditResult, BuildOptions } from "../../src/runtime/types.js";
import type { Anvil } from "../helpers/anvil.js";
import { writeDevelopmentPowersOfTau } from "../helpers/developmentPowersOfTau.js";
import { startDevnet } from "../helpers/devnet.js";
import { contributeWith, Sections } from "../phase2/zkey.js";
import { FIXTURES, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const model = join(samples, "model.pt2");

describe("the ceremonies of models with many keys", function () {
  let anvil: Anvil;
  let hre: HardhatRuntimeEnvironment;
  let ptau: { readonly ptau: string; readonly ptauSha256: string };

  before(async () => {
    ({ anvil, hre } = await startDevnet());
    await hre.torch2circom.deploy();
    const path = join(hre.config.paths.root, "powers.ptau");
    await writeDevelopmentPowersOfTau(13, path, 1);
    ptau = { ptau: path, ptauSha256: await hashFile(path) };
  });
  after(() => anvil.close());

  const failures = ({ steps }: Pick<AuditResult, "steps">) => steps.filter(({ state }) => state !== "passed");

  /** Contributions to all keys of a build with one secret, as a hostile contributor makes them. */
  async function withOneSecret(name: string): Promise<string[]> {
    const files: string[] = [];
    for (const { circuit, key } of await hre.torch2circom.ceremony.transcript(name)) {
      const sections = Sections.read(key);
      await contributeWith(sections, 123456789n);
      const file = join(hre.config.paths.root, `${circuit}.zkey`);
      await writeFile(file, sections.bytes());
      files.push(file);
    }
    return files;
  }

  /** Builds, holds the ceremony, audits, registers. @returns the id */
  async function throughCeremony(name: string, more: Partial<BuildOptions>): Promise<string> {
    await hre.torch2circom.build({ model, samples, name, ...more });
    await hre.torch2circom.ceremony.init(name, ptau);
    await hre.torch2circom.ceremony.contribute(name, { from: await withOneSecret(name) });
    // Each key by itself is right; the registry would refuse them, after all contributions were made.
    const checked = await hre.torch2circom.ceremony.verify(name, ptau);
    const wrong = checked.flatMap((one) => failures(one).map(({ detail }) => `${one.circuit}: ${detail}`));
    expect(wrong).to.have.length(1);
    expect(wrong[0]).to.match(/^all keys: the keys of .* have the same delta/);
    expect(await refusalOf(() => hre.torch2circom.ceremony.finalize(name, ptau))).to.match(
      /have the same delta.*\n.*one more contribution/s,
    );
    await hre.torch2circom.ceremony.contribute(name, { name: "client" });
    const ended = await hre.torch2circom.ceremony.finalize(name, ptau);
    expect(
      ended.map(({ transcript }) => [transcript.isFinal, transcript.contributions.length]),
    ).to.deep.equal([
      [true, 2],
      [true, 2],
    ]);
    const { modelId } = await hre.torch2circom.register(name);
    const attested = ended.map(({ transcript }) => transcript.contributions[1].hash);
    const audit = (target: string, own: object) =>
      hre.torch2circom.audit(target, {
        ...ptau,
        modelId,
        onChain: true,
        minContributions: 2,
        compile: false,
        ...own,
      });
    expect(failures(await audit(name, { model }))).to.deep.equal([]);
    const out = join(hre.config.paths.root, `${name}.tgz`);
    await hre.torch2circom.bundle(name, { model, out });
    const ofBundle = await audit(out, { attested });
    expect(failures(ofBundle)).to.deep.equal([]);
    expect(ofBundle.modelId).to.equal(modelId);
    expect(ofBundle.steps.find(({ name: step }) => step === "deltas")?.detail).to.equal(
      "those of 2 keys differ",
    );
    // A contribution is to one key, and shows nothing of the other.
    const ofOne = failures(await audit(out, { attested: [attested[0]] }));
    expect(ofOne.map(({ detail }) => detail)).to.include(`there is no contribution ${attested[0]}`);
    return modelId;
  }

  const request = async (name: string, index: number): Promise<string> =>
    (await hre.torch2circom.request(name, { samples, index, amount: "0.01" })).jobId;

  it("make keys of one job and of many, which are audited, registered under one id, and paid for", async () => {
    expect((await throughCeremony("iris", { batch: [2] })).slice(0, 4)).to.equal("0x02");
    const jobs = [await request("iris", 0), await request("iris", 1)];
    const results = await hre.torch2circom.fulfillMany(jobs, { account: 2 });
    expect(new Set(results.map(({ transaction }) => transaction)).size).to.equal(1);
    for (const job of jobs) expect((await hre.torch2circom.status(job)).status).to.equal("fulfilled");
    const single = await request("iris", 2);
    await hre.torch2circom.fulfill(single, { account: 2 });
    expect((await hre.torch2circom.status(single)).status).to.equal("fulfilled");
  });

  it("make keys of segments, which are audited, registered under one id, and paid for", async () => {
    expect((await throughCeremony("cut", { segments: 2 })).slice(0, 4)).to.equal("0x03");
    const job = await request("cut", 0);
    await hre.torch2circom.fulfill(job, { account: 2 });
    expect((await hre.torch2circom.status(job)).status).to.equal("fulfilled");
  });
});
