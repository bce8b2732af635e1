import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { requireDistinctName } from "../../src/runtime/models/distinct.js";
import { FIXTURES, makeProject, refusalOf, temporaryFolder } from "../plugin/project.js";

describe("names of builds", () => {
  const outDir = temporaryFolder();
  before(() => {
    for (const name of ["tiny", "my-model", "a1", "deployments.json"]) mkdirSync(join(outDir, name));
  });

  for (const [name, taken] of [
    ["Tiny", "tiny"],
    ["TINY", "tiny"],
    ["my_model", "my-model"],
    ["MyModel", "my-model"],
    ["mymodel", "my-model"],
    ["a-1", "a1"],
  ])
    it(`differ by more than case and punctuation: ${name} is not built beside ${taken}`, async () => {
      expect(await refusalOf(() => requireDistinctName(outDir, name))).to.contain(`the build "${taken}"`);
    });

  for (const name of ["tiny", "my-model", "tiny2", "my-models", "deployments"])
    it(`may be built: ${name}`, () => requireDistinctName(outDir, name));

  it("may be the first", () => requireDistinctName(join(outDir, "nowhere"), "tiny"));

  it("are looked at before anything is written", async () => {
    const { root, hre } = await makeProject();
    mkdirSync(join(root, "torch2circom", "iris"), { recursive: true });
    const samples = join(FIXTURES, "iris_mlp");
    const build = () => hre.torch2circom.build({ model: join(samples, "model.pt2"), samples, name: "Iris" });
    expect(await refusalOf(build)).to.contain(
      'The verifier of "Iris" would have the file of the build "iris"',
    );
  });
});
