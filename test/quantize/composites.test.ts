import { expect } from "chai";
import { makeIntegerModel, type IntegerModel } from "../../src/build/integerModel.js";
import { simplify } from "../../src/graph/passes/index.js";
import type { Graph } from "../../src/graph/types.js";
import { exponentials, graphOf, norms } from "../helpers/composites.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

const SHAPE = [2, 3, 4];

/** The integer model of a graph, on samples that 8 bits hold exactly, of which the first is all zeros. */
function integerModel(graph: Graph): IntegerModel {
  const next = randomNumbers(5);
  const samples = Array.from({ length: 12 }, (_, i) => {
    const sample = randomTensor(SHAPE, next);
    return { ...sample, data: sample.data.map((v) => (i === 0 ? 0 : Math.round(127 * v) / 32)) };
  });
  return makeIntegerModel(
    {
      graph: simplify(graph),
      format: "onnx",
      formatDetail: "",
      sha256: "0".repeat(64),
      parameters: 0,
      notices: [],
    },
    { count: samples.length, inputs: new Map([["x", samples]]) },
    { inputBits: 8, input: "committed", output: "public" },
  );
}

describe("what was written out, as integers", () => {
  const graphs = [
    ...[...exponentials, ...norms].map(({ name, build }) => ({ name, graph: graphOf(SHAPE, build) })),
  ];
  for (const { name, graph } of graphs)
    it(`${name} keeps its values at 8 bits`, () => {
      const { accuracy, bits } = integerModel(graph);
      expect(accuracy.outputs[0]!.rmsError).to.be.lessThan(0.01);
      expect(accuracy.outputs[0]!.greatestError).to.be.lessThan(0.03);
      expect(bits).to.deep.include({ weightBits: 8, activationBits: 8 });
    });
});
