import { expect } from "chai";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths } from "../../src/artifacts/paths.js";
import { decodeOutputs, decryptOutputWords, type Answer } from "../../src/client/index.js";
import { commitInput, outputWords } from "../../src/inference/infer.js";
import { loadModel, type BuiltModel } from "../../src/inference/model.js";
import { readSample } from "../../src/runtime/models/sample.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject, refusalOf } from "./project.js";

const [CLIENT, PROVIDER] = [1, 2];
const samples = join(FIXTURES, "iris_mlp");

describe("a model with encrypted outputs", function () {
  let root: string;
  let hre: HardhatRuntimeEnvironment;
  let model: BuiltModel;

  before(async () => {
    ({ root, hre } = await makeProject());
    await buildOnce(hre, { output: "encrypted", batch: [2] });
    model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "iris"));
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris", { account: PROVIDER });
  });

  const request = (index: number) =>
    hre.torch2circom.request("iris", { samples, index, amount: "0.01", account: CLIENT });

  /** The integer executor's words for a sample, and what they mean. */
  async function expected(index: number): Promise<{ words: readonly bigint[]; outputs: readonly Answer[] }> {
    const words = outputWords(model, commitInput(model, await readSample(model, samples, index)));
    return { words, outputs: decodeOutputs({ ...model.manifest, outputMode: "public" }, words) };
  }

  it("is paid, and the client reads the answer with the file that it asked with", async () => {
    const { jobId, file } = await request(3);
    const asked = readFileSync(file, "utf8");
    const { words, outputs } = await expected(3);
    const fulfilled = await hre.torch2circom.fulfill(jobId, { account: PROVIDER });
    expect(fulfilled.outputs).to.deep.equal(outputs);
    expect(fulfilled.answerFile, "nothing is handed back").to.equal(undefined);

    const own = join(root, "asked.json");
    writeFileSync(own, asked);
    const status = await hre.torch2circom.status(own);
    expect(status.outputs).to.deep.equal(outputs);
    const onChain = status.outputWords!.slice(0, words.length);
    expect(onChain).not.to.deep.equal(words);
    const { input } = JSON.parse(asked) as { input: { salt: string } };
    expect(decryptOutputWords(BigInt(model.manifest.domain), BigInt(input.salt), onChain)).to.deep.equal(
      words,
    );

    // Somebody with the model, but without the file; and a file whose salt is not the job's.
    rmSync(file);
    expect(await hre.torch2circom.status(jobId)).to.include({ outputMode: "encrypted", outputs: undefined });
    writeFileSync(own, asked.replace(input.salt, String(BigInt(input.salt) ^ 1n)));
    expect(await refusalOf(() => hre.torch2circom.status(own))).to.contain("another input, salt or terms");
  });

  it("answers two jobs by one proof, each behind masks of its own", async () => {
    const jobs = [await request(5), await request(5)];
    const ids = jobs.map(({ jobId }) => jobId);
    const { outputs } = await expected(5);
    const fulfilled = await hre.torch2circom.fulfillMany(ids, { account: PROVIDER });
    expect(new Set(fulfilled.map(({ transaction }) => transaction)).size).to.equal(1);
    const states = [await hre.torch2circom.status(ids[0]), await hre.torch2circom.status(ids[1])];
    for (const status of states) expect(status.outputs).to.deep.equal(outputs);
    expect(states[0].outputWords![0]).not.to.equal(states[1].outputWords![0]);
  });

  it("is shown off chain to who has the salt of the proof, and to nobody else", async () => {
    const { outputs } = await expected(3);
    const { proof, publicSignals, opening } = await hre.torch2circom.prove("iris", { samples, index: 3 });
    expect(opening).to.have.all.keys("salt");
    const verified = await hre.torch2circom.verify("iris", { proof, publicSignals, opening });
    expect(verified).to.deep.equal({ valid: true, outputs });
    expect(await hre.torch2circom.verify("iris", { proof, publicSignals })).to.deep.equal({
      valid: true,
      outputs: undefined,
    });
  });

  it("holds against every attack", async () => {
    const report = await hre.torch2circom.attack("iris", { samples, seconds: 1 });
    expect(report.families.flatMap(({ holes }) => holes)).to.deep.equal([]);
    expect(report.families.find(({ id }) => id === "E1")!.tried).to.be.greaterThan(20);
  });

  it("is refused where nothing would hold the salt", async () => {
    const build = (more: object) => () =>
      hre.torch2circom.build({
        model: join(samples, "model.pt2"),
        samples,
        name: "unbound",
        output: "encrypted",
        ...more,
      });
    expect(await refusalOf(build({ input: "public" }))).to.contain("public inputs have none");
    expect(await refusalOf(build({ segments: 2 }))).to.contain("whose outputs are not encrypted");
  });
});
