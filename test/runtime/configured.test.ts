import { expect } from "chai";
import { join } from "node:path";
import type { ModelUserConfig } from "../../src/config/types.js";
import type { FileEvaluation } from "../../src/runtime/types.js";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const source = join(samples, "model.pt2");

/** Evaluates the model by its name in a configuration. */
async function evaluate(settings: Omit<ModelUserConfig, "source" | "samples">): Promise<FileEvaluation> {
  const { hre } = await makeProject({ models: { iris: { source, samples, ...settings } } });
  return hre.torch2circom.evaluate("iris");
}

describe("evaluating a configured model", () => {
  it("gives layers the bits that are theirs", async () => {
    const bits = { inputBits: 8, weightBits: 8, activationBits: 8 };
    const plain = await evaluate(bits);
    const coarse = await evaluate({ ...bits, layers: { "fc1.linear": { weightBits: 2 } } });
    expect(coarse).to.include(bits);
    expect(coarse.outputs[0].greatestError).to.be.greaterThan(10 * plain.outputs[0].greatestError);
    // It is the layer that counts, not that there is one.
    const same = await evaluate({ ...bits, layers: { "fc1.linear": { weightBits: 8 } } });
    expect(same.outputs).to.deep.equal(plain.outputs);
    expect(await refusalOf(() => evaluate({ ...bits, layers: { nowhere: { weightBits: 2 } } }))).to.contain(
      '"nowhere"',
    );
  });
});
