import { expect } from "chai";
import { printCircom } from "../../src/circom/text/print.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";

const packing = { count: 1, width: 8, offset: 0, perWord: 31, words: 1 };

function netlistNamed(label: string): Netlist {
  return {
    inputs: [{ ...packing, tensor: 0, signal: "x", packer: "x_words", hi: 255 }],
    steps: [{ name: "view", label, inputs: [0], index: Int32Array.of(0), output: 1, size: 1 }],
    outputs: [{ ...packing, tensor: 1 }],
    inputMode: "committed",
    outputMode: "public",
    weightWords: [],
    domain: "7",
    parts: [],
    cost: { nonlinear: 0, linear: 0 },
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

  it("says above each component what it does, with its parameters by name", () => {
    const main = (name: keyof typeof SMALL_MODELS) => {
      const netlist = buildNetlist(programOf(SMALL_MODELS[name](3)).program);
      return { netlist, ...printCircom(netlist, { header: [], constantsFile: "c.circom" }) };
    };
    for (const name of Object.keys(SMALL_MODELS)) {
      const { netlist, main: text } = main(name);
      for (const step of netlist.steps) {
        if (isWiring(step)) continue;
        const [what, parameters] = text
          .slice(0, text.indexOf(`component ${step.name} =`))
          .split("\n")
          .slice(-3);
        expect(what).not.to.contain(step.template);
        expect(what).to.contain(`// ${step.label}: `).and.contain(` -> ${step.size} integers of [`);
        for (const { name: parameter } of step.arguments)
          expect(parameters).to.match(new RegExp(`\\b${parameter}(=|\\[)`));
      }
    }
    const { main: text } = main("embedding, attention with a mask, residual, layer norm");
    const comments = text.split("\n").filter((line) => line.includes("// attention.matmul: "));
    expect(comments.map((line) => line.replace(/ -> .*/, "").trim())).to.deep.equal([
      "// attention.matmul: divided by 2^6 and rounded",
      "// attention.matmul: divided by 2^6 and rounded",
      "// attention.matmul: product of 3 x 4 by 4 x 3 below the diagonal",
    ]);
  });

  it("declares its public signals in the order outputs, commitment, binding", () => {
    const { main } = printCircom(netlistNamed("wiring"), { header: [], constantsFile: "c.circom" });
    const at = (text: string) => main.indexOf(text);
    expect(at("signal output outputWords")).to.be.greaterThan(0);
    expect(at("signal output inputCommitment")).to.be.greaterThan(at("signal output outputWords"));
    expect(main).to.contain("component main {public [binding]} = Model();");
  });
});
