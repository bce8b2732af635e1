import { expect } from "chai";
import { join } from "node:path";
import type { Speed } from "../../src/forecast/speed.js";
import { estimateBuild, type EstimateParameters } from "../../src/pipeline/estimateBuild.js";
import { createProgress } from "../../src/progress/progress.js";
import { FIXTURES } from "../plugin/project.js";

const speed: Speed = {
  cores: 2,
  rates: {
    ...{ startSeconds: 1, keyStartSeconds: 2, fieldSeconds: 1e-6 },
    sumSeconds: { G1: 1e-6, G2: 3e-6 },
    snarkjs: { start: 2, perUnit: 1e-4 },
  },
};

const samples = join(FIXTURES, "iris_mlp");

function estimate(options: Partial<EstimateParameters>) {
  const source = join(samples, "model.pt2");
  const parameters = {
    source,
    cacheDir: "cache",
    folder: "cache",
    input: "committed",
    output: "public",
  } as const;
  return estimateBuild({ ...parameters, ...options }, speed, createProgress({ silent: true }));
}

describe("what a build would take", () => {
  it("is exact on samples, stage by stage", async () => {
    const { system, constraints, provingDomain, stages, ...rest } = await estimate({ samples });
    expect(rest.guesses).to.deep.equal([]);
    expect(system).to.include(constraints);
    const { publicOutputs, publicInputs, nonlinear, linear } = system;
    expect(rest.publicSignals).to.equal(publicOutputs + publicInputs);
    expect(provingDomain.rows).to.equal(nonlinear + linear + rest.publicSignals + 1);
    expect(rest.powersOfTau.power).to.equal(provingDomain.power);
    expect(rest.obstacles).to.deep.equal([]);
    expect(Object.keys(stages)).to.have.members(["import", "quantize", "link", "witness", "key", "proof"]);
    expect(stages.key.seconds).to.be.greaterThan(2);
  });

  for (const [input, output, weights] of [
    ["public", "argmax", "public"],
    ["evaluated", "committed", "private"],
  ] as const)
    it(`follows the modes, with a guess without samples (${input}, ${output}, ${weights})`, async () => {
      const { system, constraints, publicSignals, guesses } = await estimate({ input, output, weights });
      expect(guesses[0]).to.contain("ranges are a guess");
      expect(system).to.include(constraints);
      expect(publicSignals).to.equal(system.publicOutputs + system.publicInputs);
    });
});
