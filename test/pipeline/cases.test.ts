import { expect } from "chai";
import { sampleRows } from "../../src/quantize/sampledModel.js";
import { interpret } from "../../src/graph/interpret.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Tensor } from "../../src/tensor/types.js";
import { importModel } from "../../src/import/importModel.js";
import { execute } from "../../src/program/execute.js";
import { dequantizeOutput, quantizeInputs } from "../../src/quantize/inputs.js";
import { buildCase, numberCases, type BuiltCase } from "../helpers/cases.js";
import { expectNear } from "../helpers/near.js";
import { integerModel } from "../helpers/integers.js";
import { smallCase } from "../import/support.js";
import { numbers } from "../operators/toIntegers.js";

/** The greatest error of an output, as a share of its range. */
const BOUND = 0.02;
const BOUNDS: Readonly<Record<string, number>> = { div_sum_eps: 0.05, input_offset_layernorm: 0.05 };

/** What the integers of the first output stand for, for one sample. */
function integersOf(
  { program }: Pick<BuiltCase["built"], "program">,
  sample: Map<string, Tensor>,
): Float64Array {
  const [output] = program.outputs;
  return dequantizeOutput(output, execute(program, quantizeInputs(program, sample))[output.tensor]);
}

/**
 * The greatest error of the first output, found apart from the build's own evaluation: against the model's own outputs
 * where the samples hold them, else against the float interpreter.
 */
function errorOf({ model, samples, built }: BuiltCase): number {
  const { id } = model.graph.outputs[0];
  const rows = sampleRows(model.graph, samples);
  const right = rows.map(
    (row, i) => (samples.references?.get(id)?.[i] ?? interpret(model.graph, row).get(id)!).data,
  );
  const values = right.flatMap((row) => [...row]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const worst = rows.map((row, i) =>
    integersOf(built, row).reduce((most, x, k) => Math.max(most, Math.abs(x - right[i][k])), 0),
  );
  return Math.max(...worst) / (high - low);
}

describe("models whose numbers were once wrong", () => {
  for (const { name } of numberCases) {
    const bound = BOUNDS[name] ?? BOUND;
    it(`${name} is within ${100 * bound} % of its output's range`, async () => {
      expect(errorOf(await buildCase(name))).to.be.at.most(bound);
    });
  }

  it("two forms of export of one model do equally well at an equal price", async () => {
    const [plain, core] = [await buildCase("sp"), await buildCase("sp.core")].map(({ built }) => built);
    expect(core.accuracy).to.deep.equal(plain.accuracy);
    expect(core.netlist.cost).to.deep.equal(plain.netlist.cost);
    expect(plain.accuracy.agreement).to.be.at.least(0.98);
  });

  it("an index that chooses from a larger table may be larger", async () => {
    const { model, built } = await buildCase("two_tables_one_input");
    const ids = tensor("int", model.graph.inputs[0].shape, [1, 8]);
    const sample = new Map([[model.graph.inputs[0].id, ids]]);
    const expected = [...interpret(model.graph, sample).values()][0].data;
    integersOf(built, sample).forEach((x, i) => expectNear(x, expected[i], 0.02));
    const beyond = new Map([[model.graph.inputs[0].id, { ...ids, data: Float64Array.of(3, 8) }]]);
    expect(() => quantizeInputs(built.program, beyond)).to.throw(/outside the model's domain \[0, 2\]/);
  });

  it("a mask that is computed hides", async () => {
    const { model, samples, built } = await buildCase("softmax_computed_mask");
    const shares = integersOf(built, sampleRows(model.graph, samples)[1]);
    [0.047, 0.709, 0.244, 0].forEach((share, i) => expectNear(shares[i], share, 0.005));
  });

  it("one-hot of -1 is the last class", async () => {
    const { model, samples, built } = await buildCase("onehot_negative");
    const [row] = sampleRows(model.graph, samples);
    const x = [...row.values()][0].data;
    // The model adds the one-hot of -1 to the first row of its input, and that of 2 to the second.
    [0, 0, 0, 1, 0, 0, 1, 0].forEach((marked, i) => {
      expectNear(integersOf(built, row)[i] - x[i], marked, 0.01);
    });
  });

  it("softplus is its argument from its threshold on", async () => {
    const { graph } = await importModel(smallCase("softplus_threshold.pt2"));
    const { id, shape } = graph.inputs[0];
    // At 0.38013 the case's own argument is beyond its threshold: 1.9007, where the function would be 1.9117.
    const sampleOf = (seed: number) => numbers(sizeOf(shape), seed, [-0.5, 0.5]).fill(0.38013, 0, 1);
    const samples = Array.from({ length: 24 }, (_, i) => tensor("float", shape, sampleOf(i + 1)));
    const built = integerModel(graph, {
      samples: { [id]: samples },
      bits: { inputBits: 16, activationBits: 12 },
    });
    const [first] = integersOf(built, new Map([[id, samples[0]]]));
    expectNear(first, 1.9007, 0.004);
    expect(built.accuracy.outputs[0].greatestError).to.be.at.most(BOUND);
  });
});
