import { expect } from "chai";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { attack, ATTACKS } from "../../src/attack/attack.js";
import { prepareAttack } from "../../src/attack/prepare.js";
import { hashFile } from "../../src/artifacts/hash.js";
import { modelPaths, type ModelPaths } from "../../src/artifacts/paths.js";
import { parseRecipe } from "../../src/artifacts/recipe.js";
import { readReport } from "../../src/artifacts/reportForm.js";
import { readR1cs } from "../../src/circom/r1cs.js";
import { makeWitness } from "../../src/inference/witness.js";
import { bindingOf } from "../../src/client/binding.js";
import { fulfillJob } from "../../src/client/escrow.js";
import { prove } from "../../src/groth16/prove.js";
import { verify } from "../../src/groth16/verify.js";
import { circuitInput, programValues, commitInput, outputWords } from "../../src/inference/infer.js";
import { loadModel } from "../../src/inference/model.js";
import { rebuild } from "../../src/pipeline/rebuild.js";
import { secretsOf } from "../../src/program/secret.js";
import { loadJob } from "../../src/runtime/jobFiles.js";
import { readSample } from "../../src/runtime/models/sample.js";
import { itLong } from "../helpers/long.js";
import { FIXTURES, makeProject, refusalOf } from "./project.js";
import { walkTheRoad } from "./road.js";

describe("models with private weights, from file to a proof on chain", function () {
  itLong(
    "iris_mlp: exact on every sample, proven and verified, at most 12 constraints per weight",
    async () => {
      const { notices } = await walkTheRoad("iris_mlp", { weights: "private" });
      const [, each] = /, ([\d.]+) constraints each/.exec(notices.join("\n"))!;
      expect(Number(each)).to.be.below(12);
    },
  );
});

describe("a build with private weights", function () {
  const samples = join(FIXTURES, "iris_mlp");
  const source = join(samples, "model.pt2");
  const [CLIENT, PROVIDER] = [1, 2];
  let hre: HardhatRuntimeEnvironment;
  let paths: ModelPaths;
  let root: string;

  before(async () => {
    ({ hre, root } = await makeProject());
    await hre.torch2circom.build({ model: source, samples, name: "iris", weights: "private" });
    paths = modelPaths(hre.config.torch2circom.outDir, "iris");
    await hre.torch2circom.deploy();
    await hre.torch2circom.register("iris");
  });

  it("has a recipe of modes and bits alone", async () => {
    const text = readFileSync(paths.recipe, "utf8");
    const { model, ranges, weights, precision } = parseRecipe(text, "it");
    expect([model, ranges, weights, precision.weightBits]).to.deep.equal([null, null, "private", 8]);
    expect(text.length).to.be.below(600);
    const again = { modelFile: source, recipe: parseRecipe(text, "it"), folder: root, cacheDir: root };
    expect(await refusalOf(() => rebuild(again))).to.contain("its weights are private");
  });

  it("has the weights in one file, and nothing of them or of the model's hash in the others", async () => {
    const model = await loadModel(paths);
    const fileHash = await hashFile(source);
    const published = Object.values(model.manifest.files).map((file) => join(paths.folder, file));
    expect(published).not.to.include(paths.secrets);
    const texts = [...published, paths.manifest, join(root, "contracts", "generated", "IrisVerifier.sol")]
      .filter((file) => /\.(json|circom|sol)$/.test(file))
      .map((file) => [file, readFileSync(file, "utf8").replace(/\s/g, "")] as const);
    expect(texts.length).to.be.at.least(6);
    const holds = (text: string, secret: string) => text.includes(secret);
    const secrets = secretsOf(model.program).flatMap(({ weights, bias }) =>
      [weights, bias].map((list) => list.slice(0, 3).join(",")),
    );
    secrets.push(...model.secrets!.words.map(String), model.secrets!.salt.toString());
    const own = readFileSync(paths.secrets, "utf8");
    for (const secret of secrets) {
      expect(holds(own, secret), secret).to.equal(true);
      for (const [file, text] of texts) expect(holds(text, secret), `${secret} in ${file}`).to.equal(false);
    }
    for (const [file, text] of texts) expect(holds(text, fileHash), file).to.equal(false);
    const coefficients = new Set(readR1cs(paths.r1cs).values);
    expect(model.secrets!.words.filter((word) => word > 2n ** 32n && coefficients.has(word))).to.deep.equal(
      [],
    );
  });

  it("has no error and no range of a layer in its report, and no values of the samples", async () => {
    const report = await readReport(paths.report);
    expect(report.errors).to.equal(undefined);
    expect(report.layers.filter(({ range }) => range !== undefined)).to.deep.equal([]);
    expect(existsSync(paths.comparison)).to.equal(false);
    expect(readFileSync(paths.page, "utf8")).to.include("they would tell of the private weights");
  });

  it("keeps its commitment and its keys when it is built again", async () => {
    const before = await hre.torch2circom.manifest("iris");
    const { mtimeMs } = statSync(paths.zkey);
    const { manifest } = await hre.torch2circom.build({
      model: source,
      samples,
      name: "iris",
      weights: "private",
    });
    expect(manifest).to.deep.equal(before);
    expect(statSync(paths.zkey).mtimeMs).to.equal(mtimeMs);
  });

  it("is paid for by the escrow, to whose client the weights are unknown", async () => {
    const away = `${paths.secrets}.away`;
    renameSync(paths.secrets, away);
    const { jobId } = await hre.torch2circom.request("iris", {
      samples,
      index: 5,
      amount: "0.01",
      account: CLIENT,
    });
    expect(await refusalOf(() => hre.torch2circom.fulfill(jobId, { account: PROVIDER }))).to.contain(
      "The weights of iris are private",
    );
    renameSync(away, paths.secrets);
    const { outputs } = await hre.torch2circom.fulfill(jobId, { account: PROVIDER });
    renameSync(paths.secrets, away);
    const status = await hre.torch2circom.status(jobId);
    renameSync(away, paths.secrets);
    expect(status).to.include({ status: "fulfilled" });
    expect(status.outputs).to.deep.equal(outputs);
    const { weightCommitment } = await hre.torch2circom.manifest("iris");
    expect(status.outputWords!.at(-1)).to.equal(BigInt(weightCommitment!));
  });

  it("E1: is not paid for an answer of other weights, though their proof is a true one", async () => {
    const { jobId } = await hre.torch2circom.request("iris", {
      samples,
      index: 7,
      amount: "0.01",
      account: CLIENT,
    });
    const model = await loadModel(paths);
    const record = await loadJob(hre.config.torch2circom, jobId);
    const { job, input } = record;
    const contracts = await hre.torch2circom.contracts({ account: PROVIDER });
    const { ethers } = await hre.network.getOrCreate();
    const sender = (await ethers.getSigners())[PROVIDER];
    const payee = await sender.getAddress();
    const words = model.secrets!.words.map((word, i) =>
      i === model.secrets!.words.length - 1 ? word + 5n : word,
    );
    const signals = { ...circuitInput(model, input, bindingOf(jobId, payee, record)), weightWords: words };
    // The last word begins with the bias of the last layer's first channel.
    const last = model.program.operations.findLastIndex((one) => one.kind === "linear");
    const operations = model.program.operations.map((one, i) =>
      i === last && one.kind === "linear"
        ? { ...one, bias: one.bias.map((b, c) => (c === 0 ? b + 5 : b)) }
        : one,
    );
    const values = programValues({ ...model, program: { ...model.program, operations } }, input);
    const { proof, publicSignals } = await prove(paths.zkey, await makeWitness(model, signals, values));
    const { manifest } = model;
    const [output, theirs] = publicSignals.map(BigInt);
    // A true proof of the circuit, but of another model's answer.
    expect(await verify(model.verificationKey, publicSignals, proof)).to.equal(true);
    expect(await hre.torch2circom.verify("iris", { proof, publicSignals })).to.deep.equal({ valid: false });
    expect(output).not.to.equal(outputWords(model, input)[0]);
    for (const weightCommitment of [theirs, BigInt(manifest.weightCommitment!)])
      expect(
        await refusalOf(() => fulfillJob(contracts, sender, job, payee, proof, [output, weightCommitment])),
      ).to.contain("InvalidProof()");
    await hre.torch2circom.fulfill(jobId, { account: PROVIDER });
  });

  it("refuses a manifest or a file of other weights", async () => {
    const elsewhere = modelPaths(join(root, "elsewhere"), "iris");
    mkdirSync(elsewhere.folder, { recursive: true });
    const copy = (edit: { manifest?: (text: string) => string; secrets?: (text: string) => string }) => {
      for (const [file, change] of [
        ["manifest", edit.manifest],
        ["program", undefined],
        ["verificationKey", undefined],
        ["secrets", edit.secrets],
      ] as const) {
        const text = readFileSync(paths[file], "utf8");
        writeFileSync(elsewhere[file], change ? change(text) : text);
      }
    };
    copy({});
    const whole = await loadModel(elsewhere);
    const { weightCommitment } = whole.manifest;
    copy({
      manifest: (text) => text.replace(weightCommitment!, (BigInt(weightCommitment!) + 1n).toString()),
    });
    expect(await refusalOf(() => loadModel(elsewhere))).to.contain(
      "not named by the commitment to its weights",
    );
    const [word] = whole.secrets!.words;
    for (const secrets of [
      (text: string) => text.replace(word.toString(), (word + 1n).toString()),
      () => "{}",
      () => "no JSON",
    ]) {
      copy({ secrets });
      expect(await refusalOf(() => loadModel(elsewhere))).to.contain(
        "does not hold the weights of this build",
      );
    }
  });

  it("holds against the attacks", async () => {
    const model = await loadModel(paths);
    const inputs = [];
    for (const index of [0, 1]) inputs.push(commitInput(model, await readSample(model, samples, index)));
    const target = await prepareAttack({ model, cacheDir: "cache", inputs });
    const families = ATTACKS.filter(({ id }) => ["E1", "E4", "E5", "E6", "E7", "E11"].includes(id));
    const report = await attack(target, { families });
    expect(report.families.flatMap(({ holes }) => holes)).to.deep.equal([]);
  });
});
