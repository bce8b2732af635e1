import { expect } from "chai";
import { makeIntegerModel, type IntegerModel } from "../../src/pipeline/integerModel.js";
import { simplify } from "../../src/graph/passes/index.js";
import type { Graph } from "../../src/graph/types.js";
import { functions, graphOf, type Composite } from "../helpers/composites.js";
import { exponentials, norms } from "../helpers/rowComposites.js";
import { expectNear } from "../helpers/near.js";
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

const behindLayer = (build: Composite["build"]): Graph =>
  graphOf(SHAPE, (b, x) => {
    const weight = b.constant(randomTensor([4, 4], randomNumbers(2)));
    return build(b, b.apply("linear", [x, weight]));
  });

describe("what was written out, as integers", () => {
  const graphs = [
    ...functions.map(({ name, build }) => ({ name, graph: behindLayer(build) })),
    ...[...exponentials, ...norms].map(({ name, build }) => ({ name, graph: graphOf(SHAPE, build) })),
  ];
  for (const { name, graph } of graphs)
    it(`${name} keeps its values at 8 bits`, () => {
      const { accuracy, bits } = integerModel(graph);
      expect(accuracy.outputs[0].rmsError).to.be.lessThan(0.01);
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.03);
      expect(bits).to.deep.include({ weightBits: 8, activationBits: 8 });
    });

  const operators: Readonly<Record<string, object>> = {
    softplus: { beta: 1 },
    silu: {},
    mish: {},
    sigmoid: {},
    tanh: {},
    hardSwish: {},
    gelu: { approximate: "none" },
  };
  for (const [op, attributes] of Object.entries(operators))
    it(`${op} costs and loses the same in every form`, () => {
      const fused = integerModel(behindLayer((b, x) => b.apply(op, [x], { ...attributes })));
      const forms = functions.filter(
        ({ name, ops }) => ops.join() === op && !/beta|log sigmoid|tanh$/.test(name),
      );
      expect(forms.length).to.be.greaterThan(0);
      for (const { name, build } of forms) {
        const { netlist, accuracy } = integerModel(behindLayer(build));
        expect(netlist.cost, name).to.deep.equal(fused.netlist.cost);
        expectNear(accuracy.outputs[0].greatestError, fused.accuracy.outputs[0].greatestError, 1e-6);
      }
    });
});
