import { expect } from "chai";
import {
  commitInputs,
  decryptOutputWords,
  encryptOutputWords,
  packInputs,
  packWords,
  unpackWords,
} from "../../src/client/commitment.js";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { provingDomain } from "../../src/netlist/provingDomain.js";
import { Cuttable } from "../../src/netlist/segments/cut.js";
import { execute } from "../../src/program/execute.js";
import { quantizeInputs } from "../../src/quantize/inputs.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist, constraintsByRow } from "../helpers/netlist.js";
import { forge, honest, mutateEveryWire } from "../helpers/soundness.js";

const SALT = 0x1234567890abcdefn;

describe("a circuit with encrypted outputs", function () {
  const { program, samples } = programOf(SMALL_MODELS["dense, relu, dense"](3), { output: "public" });
  const named = new Map(program.inputs.map(({ name }) => [name, [...samples[0].values()][0]]));
  const inputs = quantizeInputs(program, named);
  const values = execute(program, inputs);

  for (const inputMode of ["committed", "evaluated"] as const) {
    const netlist = buildNetlist(program, inputMode, "encrypted");
    const name = `encrypted output ${inputMode}`;
    const domain = BigInt(netlist.domain);
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
    const encryptedWords = encryptOutputWords(domain, SALT, words);

    it(`shows a field element a word, at 255 constraints each, and holds every wire (${inputMode} input)`, async () => {
      const gadget = await compileNetlist(name, netlist);
      expect(gadget.constraints).to.deep.equal(constraintsByRow(netlist));
      const open = buildNetlist(program, inputMode, "public");
      expect(netlist.cost.nonlinear - open.cost.nonlinear).to.equal(255 * words.length);
      const { constraints, publicOutputs, publicInputs } = gadget.r1cs;
      expect(provingDomain(netlist).rows).to.equal(constraints + publicOutputs + publicInputs + 1);
      const shown: Record<string, bigint> =
        inputMode === "evaluated"
          ? { inputChallenge: challenge, inputEvaluation: evaluateWords(packed, challenge) }
          : {};
      const witness = honest(gadget, signals, { encryptedWords, inputCommitment: commitment, ...shown });
      expect(witness.slice(1, 1 + words.length), "the first public signals").to.deep.equal(encryptedWords);
      expect(decryptOutputWords(domain, SALT, encryptedWords)).to.deep.equal(words);
      const accepted = mutateEveryWire(gadget, signals).filter(
        // A clamp's hint inside its range is free, see circuits/requantize.circom; the challenge is shown as it is.
        (line) => !/gadget\[\d+\]\.x: |^challenge: no constraint reads/.test(line),
      );
      expect(accepted).to.deep.equal([]);
    });

    it(`has no witness of another answer, nor of the mask of another salt (${inputMode} input)`, async () => {
      const gadget = await compileNetlist(name, netlist);
      const other = encryptOutputWords(domain, SALT, [words[0] ^ 1n, ...words.slice(1)]);
      expect(forge(gadget, signals, { encryptedWords: other }).accepted).to.equal(false);
      // All that belongs to another salt but the commitment, which the client has made.
      const theirs = honest(gadget, { ...signals, salt: SALT + 1n }, {});
      const overrides = Object.fromEntries(
        gadget.namesOf.flatMap((names, wire) => (wire === 0 ? [] : [[names[0], theirs[wire]] as const])),
      );
      expect(forge(gadget, signals, overrides)).to.deep.equal({ accepted: true });
      const commitmentWire = gadget.namesOf[gadget.wireOf.get("inputCommitment")!][0];
      const forged = forge(gadget, signals, { ...overrides, [commitmentWire]: commitment });
      expect(forged.accepted).to.equal(false);
    });
  }

  it("is refused for public inputs, whose salt nothing would hold", () => {
    expect(() => buildNetlist(program, "public", "encrypted")).to.throw(/public inputs have none/);
  });

  it("is not cut into segments, the last of which would have any salt", () => {
    const pieces = (output: "public" | "encrypted") =>
      new Cuttable(program, buildNetlist(program, "committed", output)).cut({ segments: 2 });
    expect(pieces("public")).to.have.length(2);
    expect(pieces("encrypted")).to.equal(undefined);
  });

  it("has a mask for each model, salt and place; and one mask for two answers shows their difference", () => {
    const masks = [
      ...encryptOutputWords(7n, SALT, [0n, 0n]),
      ...encryptOutputWords(7n, SALT + 1n, [0n, 0n]),
      ...encryptOutputWords(8n, SALT, [0n, 0n]),
    ];
    expect(new Set(masks).size).to.equal(masks.length);
    const [[a], [b]] = [encryptOutputWords(7n, SALT, [1000n]), encryptOutputWords(7n, SALT, [42n])];
    expect(a - b).to.equal(958n);
  });

  it("says nothing to another salt: a word of few bits does not come out", () => {
    const packing = { count: 2, width: 8, offset: -128, perWord: 31, words: 1 };
    const encrypted = encryptOutputWords(7n, SALT, packWords([-128, 5], packing));
    for (let salt = 0n; salt < 50n; salt++)
      expect(() => unpackWords(decryptOutputWords(7n, salt, encrypted), packing)).to.throw(RangeError);
  });
});
