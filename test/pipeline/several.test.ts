import { expect } from "chai";
import { commitInputs, packWords, unpackWords } from "../../src/client/commitment.js";
import { GraphBuilder } from "../../src/graph/builder.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { execute } from "../../src/program/execute.js";
import { parseProgram, serializeProgram } from "../../src/program/serialize.js";
import { compareWithFloats } from "../../src/quantize/evaluate.js";
import { calibrate } from "../../src/quantize/calibrate.js";
import { programOf, randomNumbers, randomTensor } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";
import { honest } from "../helpers/soundness.js";

describe("a model with several inputs and outputs", function () {
  const next = randomNumbers(21);
  const b = new GraphBuilder();
  const [left, right] = ["left", "right"].map((name) => b.input(name, { dtype: "float", shape: [1, 3] }));
  const sum = b.apply("relu", [b.apply("add", [left, right])]);
  const head = b.apply("linear", [
    sum,
    b.constant(randomTensor([2, 3], next)),
    b.constant(randomTensor([2], next)),
  ]);
  const graph = b.finish([
    { name: "head", id: head },
    { name: "product", id: b.apply("mul", [left, right]) },
  ]);
  const { program, samples } = programOf(graph);

  it("commits to all inputs and packs all outputs, in order", async () => {
    const netlist = buildNetlist(program);
    const gadget = await compileNetlist("several", netlist);
    const inputs = [Float64Array.of(1, -8, 7), Float64Array.of(0, 7, -3)];
    const values = execute(program, inputs);
    const words = netlist.outputs.flatMap((packing) => packWords(values[packing.tensor], packing));
    expect(netlist.outputs).to.have.length(2);
    const witness = honest(
      gadget,
      {
        ...Object.fromEntries(netlist.inputs.map(({ signal }, i) => [signal, Array.from(inputs[i])])),
        salt: 3n,
        binding: 4n,
      },
      { outputWords: words },
    );
    const commitment = commitInputs(BigInt(netlist.domain), 3n, inputs, netlist.inputs);
    expect(witness[gadget.wireOf.get("inputCommitment")!]).to.equal(commitment);
    const last = netlist.outputs[1];
    expect(unpackWords(words.slice(-last.words), last)).to.deep.equal(Array.from(values[last.tensor]));
  });

  it("is evaluated over all outputs", () => {
    const { outputs: floats } = calibrate(graph, samples);
    const references = new Map(graph.outputs.map(({ id }, o) => [id, floats.map((row) => row[o])]));
    const result = compareWithFloats({ graph, program, samples, floats, references });
    expect(result).to.include({ samples: 8, floatScore: null, integerScore: null, maxAbsFloatError: 0 });
    expect(result.maxAbsIntegerError).to.be.greaterThan(0).and.to.be.lessThan(0.5);
  });

  it("survives being written and read", () => {
    const text = serializeProgram(program);
    const again = parseProgram(text, "program.json");
    expect(serializeProgram(again)).to.equal(text);
    const inputs = [Float64Array.of(1, -8, 7), Float64Array.of(0, 7, -3)];
    expect(execute(again, inputs)).to.deep.equal(execute(program, inputs));
    expect(() => parseProgram('{"operations": 3}', "program.json")).to.throw("does not hold a program");
  });
});
