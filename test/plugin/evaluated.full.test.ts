import { expect } from "chai";
import { join } from "node:path";
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths } from "../../src/artifacts/paths.js";
import { attack, ATTACKS } from "../../src/attack/attack.js";
import { prepareAttack } from "../../src/attack/prepare.js";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { checkWitness, readR1cs } from "../../src/circom/r1cs.js";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { proofWords } from "../../src/groth16/proofWords.js";
import { prove } from "../../src/groth16/prove.js";
import {
  circuitInput,
  commitInput,
  commitmentTo,
  inputWords,
  outputWords,
  programValues,
  proveInference,
  type CommittedInput,
} from "../../src/inference/infer.js";
import { makeWitness } from "../../src/inference/witness.js";
import { loadModel, type BuiltModel } from "../../src/inference/model.js";
import { readSample } from "../../src/runtime/models/sample.js";
import { RiskFeed__factory } from "../../types/ethers-contracts/factories/examples/RiskFeed__factory.js";
import type { RiskFeed } from "../../types/ethers-contracts/examples/RiskFeed.js";
import { FIXTURES, makeProject, refusalOf } from "./project.js";

const samples = join(FIXTURES, "digits_mlp");

describe("a model with evaluated input, and a contract that has the input", function () {
  let hre: HardhatRuntimeEnvironment;
  let model: BuiltModel;
  let input: CommittedInput;
  let feed: RiskFeed;
  let reporter: Signer;
  let call: { data: bigint[]; commitment: bigint; outputs: bigint[]; proof: bigint[] };

  before(async () => {
    ({ hre } = await makeProject());
    await hre.torch2circom.build({
      model: join(samples, "model.pt2"),
      samples,
      name: "digits",
      input: "evaluated",
      output: "argmax",
    });
    model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "digits"));
    await hre.torch2circom.deploy();
    const { modelId } = await hre.torch2circom.register("digits");
    const { registry } = await hre.torch2circom.contracts();
    const { ethers } = await hre.network.getOrCreate();
    [reporter] = await ethers.getSigners();
    const { packing } = model.manifest.outputs[0];
    input = await sample(3);
    feed = await new RiskFeed__factory(reporter).deploy({
      registry,
      modelId,
      inputWords: inputWords(model, input).length,
      score: { ...packing, start: 0 },
      reporter,
    });
    const { proof } = await proveInference(model, input);
    call = {
      data: inputWords(model, input),
      commitment: input.commitment!,
      outputs: outputWords(model, input),
      proof: proofWords(proof),
    };
  });

  const sample = async (index: number) => commitInput(model, await readSample(model, samples, index));
  const update = (changed: Partial<typeof call> = {}) => {
    const { data, commitment, outputs, proof } = { ...call, ...changed };
    return feed.update(data, commitment, outputs, proof);
  };

  /** How a custom error is seen by a node that does not know the contract. */
  const errors = (name: string) => feed.interface.getError(name)!.selector;

  it("has a witness on every sample, with the client's evaluation", async () => {
    const r1cs = readR1cs(model.paths.r1cs);
    for (let i = 0; i < 3; i++) {
      const each = await sample(i);
      const witness = await makeWitness(model, circuitInput(model, each, 0n), programValues(model, each));
      expect(checkWitness(r1cs, witness)).to.equal(-1);
      const words = inputWords(model, each);
      const point = inputChallenge(each.commitment!, words);
      expect(witness.slice(1, 6)).to.deep.equal([
        ...outputWords(model, each),
        evaluateWords(words, point),
        point,
        each.commitment,
        0n,
      ]);
    }
  });

  it("is acted on for a true proof", async () => {
    const receipt = await (await update()).wait();
    expect(await feed.score()).to.equal(call.outputs[0] + BigInt(model.manifest.outputs[0].packing.offset));
    // Three signals beside the output and the binding: evaluation, point, commitment.
    console.log(`      ${receipt!.gasUsed} gas with ${call.data.length} input words in calldata`);
  });

  it("is refused for another input, commitment, output or point", async () => {
    const another = await sample(4);
    const low = call.data.map((word, i) => (i === 1 ? word ^ 1n : word));
    for (const [what, changed] of Object.entries({
      "another input": { data: inputWords(model, another) },
      "an input with one bit changed": { data: low },
      "the other input and its commitment": {
        data: inputWords(model, another),
        commitment: another.commitment!,
      },
      "another commitment": { commitment: call.commitment + 1n },
      "the same input's other commitment": {
        commitment: commitmentTo(model, { ...input, salt: input.salt + 1n }),
      },
      "a commitment >= r": { commitment: call.commitment + FIELD_ORDER },
      "another output": { outputs: [call.outputs[0] ^ 1n] },
      "an output >= r": { outputs: [call.outputs[0] + FIELD_ORDER] },
    })) {
      expect(await refusalOf(() => update(changed)), what).to.contain(errors("InvalidProof"));
    }
  });

  it("is refused where the prover chose the point", async () => {
    // A true proof of another input, at the point at which the contract will look.
    const point = inputChallenge(call.commitment, call.data);
    const another = await sample(4);
    const chosen = { ...circuitInput(model, another, 0n), challenge: point };
    const witness = await makeWitness(model, chosen, programValues(model, another));
    const { proof } = await prove(model.paths.zkey, witness);
    const outputs = outputWords(model, another);
    for (const commitment of [call.commitment, another.commitment!])
      expect(await refusalOf(() => update({ outputs, commitment, proof: proofWords(proof) }))).to.contain(
        errors("InvalidProof"),
      );
  });

  it("is refused for words of 2^248 and more, and for words too many or too few", async () => {
    const { data } = call;
    for (const forged of [data[0] + FIELD_ORDER, data[0] + 2n ** 248n])
      expect(await refusalOf(() => update({ data: [forged, ...data.slice(1)] }))).to.contain(
        errors("WordTooLarge"),
      );
    for (const forged of [[...data, 0n], data.slice(0, -1)])
      expect(await refusalOf(() => update({ data: forged }))).to.contain(errors("WrongWordCount"));
  });

  it("is refused from anybody but the reporter", async () => {
    const { ethers } = await hre.network.getOrCreate();
    const stranger = feed.connect((await ethers.getSigners())[5]);
    const { data, commitment, outputs, proof } = call;
    expect(await refusalOf(() => stranger.update(data, commitment, outputs, proof))).to.contain(
      errors("NotReporter"),
    );
  });

  it("is paid for by the escrow like a committed one: its commitment stands where the escrow puts the job's", async () => {
    const { jobId } = await hre.torch2circom.request("digits", { samples, index: 6, amount: "0.01" });
    const { outputs } = await hre.torch2circom.fulfill(jobId, { account: 2 });
    const status = await hre.torch2circom.status(jobId);
    expect(status.status).to.equal("fulfilled");
    expect(status.outputs).to.deep.equal(outputs);
    // Output words, evaluation and point.
    expect(status.outputWords).to.have.length(3);
  });

  it("holds against the attacks on outputs, commitment, inputs and binding", async () => {
    const target = await prepareAttack({ model, cacheDir: "cache", inputs: [input, await sample(4)] });
    const families = ATTACKS.filter(({ id }) => ["E1", "E4", "E5"].includes(id));
    const report = await attack(target, { families });
    expect(report.families.flatMap(({ holes }) => holes)).to.deep.equal([]);
  });

  it("holds against the random search, for which another point is not a forgery but another question", async () => {
    const iris = join(FIXTURES, "iris_mlp");
    await hre.torch2circom.build({
      model: join(iris, "model.pt2"),
      samples: iris,
      name: "iris",
      input: "evaluated",
    });
    const built = await loadModel(modelPaths(hre.config.torch2circom.outDir, "iris"));
    const inputs = [0, 1].map(async (i) => commitInput(built, await readSample(built, iris, i)));
    const target = await prepareAttack({
      cacheDir: "cache",
      model: built,
      inputs: await Promise.all(inputs),
    });
    const families = ATTACKS.filter(({ id }) => id === "search");
    const report = await attack(target, { families, seconds: 5 });
    expect(report.families[0].holes).to.deep.equal([]);
    expect(report.tried).to.be.above(500);
  });
});
