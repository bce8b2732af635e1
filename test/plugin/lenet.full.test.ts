import { expect } from "chai";
import { join } from "node:path";
import { modelPaths } from "../../src/artifacts/paths.js";
import { checkWitness, readR1cs } from "../../src/circom/r1cs.js";
import { circuitInput, commitInput, outputWords, programValues } from "../../src/inference/infer.js";
import { makeWitness } from "../../src/inference/witness.js";
import { loadModel } from "../../src/inference/model.js";
import { readSample } from "../../src/runtime/models/sample.js";
import { FIXTURES, makeProject } from "./project.js";

/** LeNet-5 on MNIST with 8-bit inputs, weights and activations: the whole road, and every sample bit by bit. */
describe("LeNet-5, the whole road", function () {
  const samples = join(FIXTURES, "mnist_lenet5");

  it("is built within 135,000 constraints, is exact on every sample, and is paid", async () => {
    const { hre } = await makeProject();
    const { manifest } = await hre.torch2circom.build({
      model: join(samples, "model.pt2"),
      samples,
      name: "lenet5",
    });
    const { nonlinear, linear } = manifest.constraints;
    console.log(`      ${nonlinear} non-linear and ${linear} linear constraints`);
    expect(nonlinear).to.be.at.most(135_000);
    const { samples: count, floatScore, integerScore } = manifest.accuracy!;
    expect(count).to.equal(96);
    expect(Math.round((floatScore! - integerScore!) * count)).to.be.at.most(1);

    const paths = modelPaths(hre.config.torch2circom.outDir, "lenet5");
    const model = await loadModel(paths);
    const r1cs = readR1cs(paths.r1cs);
    for (let index = 0; index < count; index++) {
      const input = commitInput(model, await readSample(model, samples, index));
      const witness = await makeWitness(model, circuitInput(model, input, 0n), programValues(model, input));
      const words = outputWords(model, input);
      expect(witness.slice(1, 1 + words.length), `sample ${index}`).to.deep.equal(words);
      expect(witness[1 + words.length], `commitment of sample ${index}`).to.equal(input.commitment);
      expect(checkWitness(r1cs, witness), `violated constraint on sample ${index}`).to.equal(-1);
    }

    await hre.torch2circom.deploy();
    await hre.torch2circom.register("lenet5", { account: 2 });
    const { jobId } = await hre.torch2circom.request("lenet5", { samples, amount: "0.01", account: 1 });
    const { outputs, seconds, gasUsed } = await hre.torch2circom.fulfill(jobId, { account: 2 });
    console.log(`      proved in ${seconds.toFixed(1)} s, fulfilled for ${gasUsed} gas`);
    expect((await hre.torch2circom.status(jobId)).outputs).to.deep.equal(outputs);
  });
});
