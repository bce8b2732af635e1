import { expect } from "chai";
import { commitInputs, commitOutputWords, packInputs, packWords } from "../../src/client/commitment.js";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { execute } from "../../src/program/execute.js";
import { quantizeInputs } from "../../src/quantize/inputs.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist, constraintsByRow } from "../helpers/netlist.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";

const SALT = 0x1234567890abcdefn;

describe("a circuit with committed outputs", function () {
  const { program, samples } = programOf(SMALL_MODELS["dense, relu, dense"](3), { output: "public" });
  const named = new Map(program.inputs.map(({ name }) => [name, [...samples[0].values()][0]]));
  const inputs = quantizeInputs(program, named);

  for (const inputMode of ["committed", "evaluated", "public"] as const) {
    it(`shows one word for them, at the netlist's cost, and holds every wire (${inputMode} input)`, async () => {
      const netlist = buildNetlist(program, inputMode, "committed");
      const gadget = await compileNetlist(`committed output ${inputMode}`, netlist);
      expect(gadget.constraints).to.deep.equal(constraintsByRow(netlist));
      const domain = BigInt(netlist.domain);
      const values = execute(program, inputs);
      const words = netlist.outputs.flatMap((output) => packWords(values[output.tensor], output));
      const packed = packInputs(inputs, netlist.inputs);
      const commitment = commitInputs(domain, SALT, inputs, netlist.inputs);
      const challenge = inputChallenge(commitment, packed);
      const signals = {
        ...Object.fromEntries(netlist.inputs.map(({ signal }, i) => [signal, Array.from(inputs[i])])),
        salt: SALT,
        ...(inputMode === "evaluated" ? { challenge } : {}),
        binding: 9n,
      };
      const outputCommitment = commitOutputWords(domain, SALT, words);
      expect(outputCommitment).not.to.equal(commitOutputWords(domain, SALT + 1n, words));
      const shownBy: Record<string, Record<string, bigint | bigint[]>> = {
        committed: { inputCommitment: commitment },
        evaluated: {
          inputCommitment: commitment,
          inputChallenge: challenge,
          inputEvaluation: evaluateWords(packed, challenge),
        },
        public: { inputWords: packed },
      };
      const witness = honest(gadget, signals, { outputCommitment, ...shownBy[inputMode] });
      expect(witness[1], "the first public signal").to.equal(outputCommitment);
      const accepted = mutateEveryWire(gadget, signals).filter(
        // A clamp's hint inside its range is free, see circuits/requantize.circom; the challenge is shown as it is.
        (line) => !/gadget\[\d+\]\.x: |^challenge: no constraint reads/.test(line),
      );
      expect(accepted).to.deep.equal([]);
    });
  }

  it("has a domain of its own: words committed to as outputs are not a committed input", () => {
    const netlist = buildNetlist(program);
    const domain = BigInt(netlist.domain);
    const words = packInputs(inputs, netlist.inputs);
    expect(commitOutputWords(domain, SALT, words)).not.to.equal(
      commitInputs(domain, SALT, inputs, netlist.inputs),
    );
  });
});
