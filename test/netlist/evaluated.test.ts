import { expect } from "chai";
import { printCircom } from "../../src/circom/text/print.js";
import { commitInputs, packInputs, packWords } from "../../src/client/commitment.js";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { execute } from "../../src/program/execute.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist, constraintsByRow } from "../helpers/netlist.js";
import { forge, honest, mutateEveryWire } from "../helpers/soundness.js";

describe("a circuit with an evaluated input", function () {
  const { program } = programOf(SMALL_MODELS["dense, relu, dense"](3));
  const netlist = buildNetlist(program, "evaluated");
  const { signal } = netlist.inputs[0];
  const x = [-8, 7, 0, 3, -1, 5];
  const salt = 5n;
  const words = packInputs([x], netlist.inputs);
  const commitment = commitInputs(BigInt(netlist.domain), salt, [x], netlist.inputs);
  const challenge = inputChallenge(commitment, words);
  const input = { [signal]: x, salt, challenge, binding: 77n };

  it("shows outputs, evaluation, challenge, commitment and binding in this order, at the netlist's cost", async () => {
    const gadget = await compileNetlist("evaluated input", netlist);
    expect(gadget.constraints).to.deep.equal(constraintsByRow(netlist));
    const [output] = netlist.outputs;
    const outputWords = packWords(execute(program, [Float64Array.from(x)])[output.tensor], output);
    const witness = honest(gadget, input, {});
    expect(witness.slice(1, 1 + output.words + 4)).to.deep.equal([
      ...outputWords,
      evaluateWords(words, challenge),
      challenge,
      commitment,
      77n,
    ]);
    const free = { challenge: "its wire goes by the name of the output, inputChallenge" };
    const accepted = mutateEveryWire(gadget, input, { free }).filter(
      (line) => !/gadget\[\d+\]\.x: /.test(line),
    );
    expect(accepted).to.deep.equal([]);
  });

  it("costs a constraint per word more than a committed one", () => {
    const { cost } = buildNetlist(program, "committed");
    expect(netlist.cost.nonlinear - cost.nonlinear).to.equal(words.length);
    expect(netlist.cost.linear).to.equal(cost.linear);
  });

  it("refuses another input, evaluation, challenge or commitment", async () => {
    const gadget = await compileNetlist("evaluated input", netlist);
    for (const [name, value] of [
      [`${signal}[2]`, 1n],
      ["inputEvaluation", evaluateWords(words, challenge) + 1n],
      ["inputChallenge", challenge + 1n],
      ["inputCommitment", commitment + 1n],
      ["salt", 6n],
    ] as const)
      expect(forge(gadget, input, { [name]: value }).accepted, name).to.equal(false);
  });

  it("is never printed without the commitment that the evaluation depends on", () => {
    const { main } = printCircom(netlist, { header: [], constantsFile: "c.circom" });
    expect(main).to.contain("component commit = CommitAndEvaluate(");
    const order = ["outputWords", "inputEvaluation", "inputChallenge", "inputCommitment"];
    const at = order.map((name) => main.indexOf(`signal output ${name}`));
    expect(at.every((position, i) => position > (at[i - 1] ?? 0))).to.equal(true);
  });
});
