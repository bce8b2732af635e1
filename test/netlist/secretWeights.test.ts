import { expect } from "chai";
import fc from "fast-check";
import { commitWeights, packInputs } from "../../src/client/commitment.js";
import { evaluateWords } from "../../src/client/evaluation.js";
import { printCircom } from "../../src/circom/text/print.js";
import { GraphBuilder } from "../../src/graph/builder.js";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { weightCost } from "../../src/netlist/cost.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { secretsOf, withoutSecrets, withSecrets } from "../../src/program/secret.js";
import { parseProgram, serializeProgram } from "../../src/program/serialize.js";
import type { Program } from "../../src/program/types.js";
import { witnessOf, type Gadget } from "../helpers/gadget.js";
import {
  arbitraryInputs,
  PRECISION,
  programOf,
  randomNumbers,
  randomTensor,
  SMALL_MODELS,
} from "../helpers/models.js";
import { itLong } from "../helpers/long.js";
import { CHALLENGE, isExecutor, shown, signalsOf, WEIGHT_SALT } from "./secretCircuits.js";
import { compileNetlist, constraintsByRow } from "../helpers/netlist.js";
import { forge, honest } from "../helpers/soundness.js";

/** The others are in secretWeights.full.test.ts. */
const MODELS = ["dense, relu, dense", "shares of a sum"];

describe("circuits with private weights", function () {
  for (const name of MODELS)
    it(`${name}: is the executor on every input, at the netlist's cost`, () => isExecutor(name));
});

describe("private weights", function () {
  const model = SMALL_MODELS["grouped conv, relu, max pool, flatten, dense"](11);
  const { program } = programOf(model, { secretWeights: true });
  const netlist = buildNetlist(program);
  const inputs = fc.sample(arbitraryInputs(program), { numRuns: 1, seed: 4 })[0];
  let gadget: Gadget;

  before(async () => {
    gadget = await compileNetlist("secret forgeries", netlist);
  });

  it("E1: other weights violate a constraint, or have another commitment", () => {
    const honestWitness = witnessOf(gadget, signalsOf(netlist, inputs));
    const words = shown(netlist, program, inputs).length;
    for (let i = 0; i < netlist.weightWords.length; i++) {
      // One word alone: the hash objects.
      expect(forge(gadget, signalsOf(netlist, inputs), { [`weightWords[${i}]`]: 1n }).accepted).to.equal(
        false,
      );
      // A whole witness of other weights is one of another commitment, to weights and to input.
      const forged = netlist.weightWords.map((word, j) => (i === j ? (word + 1n) % FIELD_ORDER : word));
      const witness = witnessOf(gadget, { ...signalsOf(netlist, inputs), weightWords: forged });
      for (const signal of [1 + words, 2 + words])
        expect(witness[signal], `signal ${signal}, word ${i}`).not.to.equal(honestWitness[signal]);
    }
    // All weights 0, and a bias that is the target.
    const zero = { ...signalsOf(netlist, inputs), weightWords: netlist.weightWords.map(() => 0n) };
    const claims = { weightCommitment: honestWitness[1 + words], inputCommitment: honestWitness[2 + words] };
    expect(forge(gadget, zero, claims).accepted).to.equal(false);
  });

  it("E1: an output that these weights do not give violates a constraint", () => {
    const [word] = shown(netlist, program, inputs);
    for (const forged of [word + 1n, word - 1n, 0n])
      expect(forge(gadget, signalsOf(netlist, inputs), { outputWords: [forged] }).accepted).to.equal(false);
  });

  it("the circuit does not depend on them", () => {
    const print = (whole: Program) =>
      printCircom(buildNetlist(whole), { header: ["a"], constantsFile: "c.circom" });
    // The same weights in another order: their sums have the same bounds.
    const secrets = secretsOf(program).map(({ weights, bias }, layer) => {
      const taps = [9, 16][layer];
      return { weights: weights.map((_, i) => weights[i - (i % taps) + ((i + 1) % taps)]), bias };
    });
    expect(secrets).not.to.deep.equal(secretsOf(program));
    const other = withSecrets(withoutSecrets(program), secrets);
    expect(print(other)).to.deep.equal(print(program));
  });

  it("are in nothing that is published", () => {
    const text = serializeProgram(withoutSecrets(program));
    const parsed = parseProgram(text, "program.json");
    for (const operation of parsed.operations)
      if (operation.kind === "linear" && operation.secret) {
        expect(operation.weights).to.have.length(0);
        expect(operation.bias).to.have.length(0);
      }
    expect(withSecrets(parsed, secretsOf(program))).to.deep.equal(program);
    expect(() => withSecrets(parsed, secretsOf(program).slice(1))).to.throw(RangeError);
  });

  itLong("go with an input in every mode", async () => {
    for (const mode of ["evaluated", "public"] as const) {
      const other = buildNetlist(program, mode);
      const main = await compileNetlist(`secret ${mode}`, other);
      expect(main.constraints).to.deep.equal(constraintsByRow(other));
      const witness = honest(main, signalsOf(other, inputs), {});
      const words = shown(other, program, inputs);
      expect(witness[1 + words.length]).to.equal(commitWeights(WEIGHT_SALT, other.weightWords));
      if (mode === "evaluated")
        // Of the input's words alone: the commitment to the weights before them is not a part of the polynomial.
        expect(witness[2 + words.length]).to.equal(
          evaluateWords(packInputs(inputs, other.inputs), CHALLENGE),
        );
      else expect(witness[2 + words.length]).to.equal(packInputs(inputs, other.inputs)[0]);
    }
  });

  it("cost 3.5 constraints each where twelve share a word: hash and product together", () => {
    const next = randomNumbers(2);
    const b = new GraphBuilder();
    const layer = (x: string, from: number, to: number) =>
      b.apply("linear", [
        x,
        b.constant(randomTensor([to, from], next)),
        b.constant(randomTensor([to], next)),
      ]);
    const hidden = b.apply("relu", [layer(b.input("x", { dtype: "float", shape: [1, 64] }), 64, 120)]);
    const graph = b.finish([{ name: "y", id: layer(hidden, 120, 12) }]);
    const precision = { ...PRECISION, inputBits: 8, weightBits: 8, activationBits: 6 };
    const wide = programOf(graph, { secretWeights: true, precision }).program;
    const { weights, words, perWeight } = weightCost(wide, buildNetlist(wide));
    console.log(`      ${weights} weights in ${words} words, ${perWeight.toFixed(2)} constraints each`);
    expect(perWeight).to.be.below(3.6);
  });
});
