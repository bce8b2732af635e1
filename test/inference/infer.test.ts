import { expect } from "chai";
import { modelPaths } from "../../src/artifacts/paths.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import {
  answersOf,
  circuitInput,
  commitInput,
  commitmentTo,
  inputWords,
  outputSignals,
  outputWords,
} from "../../src/inference/infer.js";
import { loadModel, type BuiltModel } from "../../src/inference/model.js";
import { makeProject } from "../plugin/project.js";
import { buildOnce } from "../helpers/builds.js";

describe("an inference by a build with committed outputs", function () {
  let model: BuiltModel;
  const input = (data: number[]) =>
    new Map([["x", { dtype: "float" as const, shape: [1, 4], data: Float64Array.from(data) }]]);
  // Of the first class: its measures, less the means and over the deviations of all flowers.
  const flower = input([-0.9, 1.0, -1.34, -1.31]);

  const codeOf = (attempt: () => unknown): string | undefined => {
    try {
      attempt();
    } catch (error) {
      if (error instanceof Torch2CircomError) return error.code;
      throw error;
    }
    return undefined;
  };

  before(async () => {
    const { hre } = await makeProject();
    await buildOnce(hre, { output: "committed" });
    model = await loadModel(modelPaths(hre.config.torch2circom.outDir, "iris"));
  });

  it("commits under a salt of its own each time, and tells inputs and salts apart", () => {
    const [one, other] = [commitInput(model, flower), commitInput(model, flower)];
    expect(one.integers).to.deep.equal(other.integers);
    expect(one.commitment).not.to.equal(other.commitment);
    expect(commitInput(model, flower, one.salt)).to.deep.equal(one);
    expect(commitInput(model, input([-0.9, 1.0, -1.34, -1]), one.salt).commitment).not.to.equal(
      one.commitment,
    );
    expect(commitmentTo(model, one)).to.equal(one.commitment);
  });

  it("gives the circuit the integers, the salt and the binding, and no word more", () => {
    const committed = commitInput(model, flower, 5n);
    expect(circuitInput(model, committed, 7n)).to.deep.equal({
      x: committed.integers[0],
      salt: 5n,
      binding: 7n,
    });
    expect(inputWords(model, committed)).to.have.length(1);
  });

  it("answers only who opens the commitment with the words that were proven", () => {
    const committed = commitInput(model, flower, 5n);
    const words = outputWords(model, committed);
    const signals = outputSignals(model, 5n, words);
    expect(answersOf(model, signals, undefined)).to.equal(undefined);
    const [answer] = answersOf(model, signals, { salt: 5n, words })!;
    expect(answer.values.indexOf(Math.max(...answer.values)), "its class").to.equal(0);
    for (const opening of [
      { salt: 6n, words },
      { salt: 5n, words: [words[0] + 1n, ...words.slice(1)] },
    ])
      expect(codeOf(() => answersOf(model, signals, opening))).to.equal("OUTPUT_INVALID");
  });

  it("refuses inputs outside of the domain, as numbers and as integers", () => {
    expect(codeOf(() => commitInput(model, input([1e6, 0, 0, 0])))).to.equal("INPUT_INVALID");
    const committed = commitInput(model, flower);
    const beyond = { ...committed, integers: [[10 ** 6, 0, 0, 0]] };
    expect(codeOf(() => outputWords(model, beyond))).to.equal("INPUT_INVALID");
  });
});
