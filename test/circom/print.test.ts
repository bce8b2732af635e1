import { expect } from "chai";
import { printCircom } from "../../src/circom/text/print.js";
import type { Netlist } from "../../src/netlist/types.js";

const packing = { count: 1, width: 8, offset: 0, perWord: 31, words: 1 };

function netlistNamed(label: string): Netlist {
  return {
    inputs: [{ ...packing, tensor: 0, signal: "x", packer: "x_words", most: 255 }],
    steps: [{ name: "view", label, inputs: [0], index: Int32Array.of(0), output: 1, size: 1 }],
    outputs: [{ ...packing, tensor: 1 }],
    inputMode: "committed",
    outputMode: "public",
    weightWords: [],
    domain: "7",
    cost: { nonlinear: 0, linear: 0, terms: 0 },
  };
}

describe("printing circuits", () => {
  it("keeps names from a model's file within comments", () => {
    const evil = "layer */ component evil = Evil(); /*\n    x === 1;\u2028";
    const { main, constants } = printCircom(netlistNamed(evil), {
      header: [evil],
      constantsFile: "c.circom",
    });
    for (const text of [main, constants]) {
      // What is left without comments must not hold anything of the name.
      const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/[^\n]*/g, "");
      expect(code).not.to.match(/evil|x === 1/i);
    }
    expect(main).to.contain("signal view[1];");
  });

  it("declares its public signals in the order outputs, commitment, binding", () => {
    const { main } = printCircom(netlistNamed("wiring"), { header: [], constantsFile: "c.circom" });
    const at = (text: string) => main.indexOf(text);
    expect(at("signal output outputWords")).to.be.greaterThan(0);
    expect(at("signal output inputCommitment")).to.be.greaterThan(at("signal output outputWords"));
    expect(main).to.contain("component main {public [binding]} = Model();");
  });
});
