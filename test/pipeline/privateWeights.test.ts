import { expect } from "chai";
import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import type { Graph } from "../../src/graph/types.js";
import { secretsOf } from "../../src/program/secret.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";

const options = {
  inputBits: 8,
  weightBits: 8,
  activationBits: 8,
  input: "committed",
  output: "public",
} as const;

function build(graph: Graph, weights: "public" | "private") {
  const { samples } = programOf(graph);
  const inputs = new Map(graph.inputs.map(({ id }) => [id, samples.map((sample) => sample.get(id)!)]));
  const model = {
    graph,
    format: "pt2",
    formatDetail: "",
    sha256: "cd".repeat(32),
    parameters: 1,
    notices: [],
  } as const;
  return makeIntegerModel(model, { count: samples.length, inputs }, { ...options, weights });
}

describe("a build with private weights", () => {
  it("refuses a model that has no weights to hide", () => {
    expect(() => build(SMALL_MODELS["large vocabularies"](3), "private")).to.throw(
      "No layer of the model has weights that could be private",
    );
  });

  it("names the layers whose constants stay public", () => {
    const { notices } = build(SMALL_MODELS["embedding, gate, RMS norm, mean, pool"](3), "private");
    expect(notices.join("\n")).to.match(/stay public: embed/);
  });

  it("is named by what is published, and not by the model's file", () => {
    const { program } = build(SMALL_MODELS["dense, relu, dense"](3), "private");
    const open = build(SMALL_MODELS["dense, relu, dense"](3), "public");
    expect(open.program.source).to.equal("cd".repeat(32));
    expect(program.source)
      .to.match(/^[0-9a-f]{64}$/)
      .and.not.equal(open.program.source);
    expect(secretsOf(program).map(({ weights }) => weights.length)).to.deep.equal([30, 15]);
    expect(secretsOf(open.program)).to.deep.equal([]);
    expect(open.netlist.weightWords).to.deep.equal([]);
  });
});
