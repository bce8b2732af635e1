import { expect } from "chai";
import fc from "fast-check";
import { printCircom } from "../../src/circom/text/print.js";
import { commitInputs, packWords, unpackWords } from "../../src/client/commitment.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { execute } from "../../src/program/execute.js";
import { compileNetlist, constraintsByRow, isFreeByDesign } from "../helpers/netlist.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";

describe("a program's circuit", function () {
  for (const [name, model] of Object.entries(SMALL_MODELS)) {
    for (const [inputMode, output] of [
      ["committed", "public"],
      ["public", "argmax"],
    ] as const) {
      it(`${name}: is the executor on every input, at the netlist's cost (${inputMode} input, ${output} output)`, async () => {
        const { program } = programOf(model(3), { output });
        const netlist = buildNetlist(program, inputMode);
        const gadget = await compileNetlist(`${name} ${inputMode}`, netlist);
        expect(gadget.constraints).to.deep.equal(constraintsByRow(netlist));
        const signals = (inputs: Float64Array[]) => ({
          ...Object.fromEntries(netlist.inputs.map(({ signal }, i) => [signal, Array.from(inputs[i])])),
          ...(inputMode === "committed" ? { salt: 5n } : {}),
          binding: 77n,
        });
        fc.assert(
          fc.property(arbitraryInputs(program), (inputs) => {
            const values = execute(program, inputs);
            const words = netlist.outputs.flatMap((packing) => packWords(values[packing.tensor], packing));
            honest(gadget, signals(inputs), {
              outputWords: words,
              ...(inputMode === "committed"
                ? {}
                : { inputWords: netlist.inputs.flatMap((packing, i) => packWords(inputs[i], packing)) }),
            });
            expect(unpackWords(words, netlist.outputs[0])).to.deep.equal(
              Array.from(values[netlist.outputs[0].tensor]),
            );
          }),
          { numRuns: 40 },
        );
        const [inputs] = fc.sample(arbitraryInputs(program), 1);
        if (inputMode === "committed") {
          const witness = honest(gadget, signals(inputs), {});
          const commitment = commitInputs(BigInt(netlist.domain), 5n, inputs, netlist.inputs);
          expect(witness[gadget.wireOf.get("inputCommitment")!]).to.equal(commitment);
        }
        const accepted = mutateEveryWire(gadget, signals(inputs)).filter(
          (line) => !isFreeByDesign(netlist, line),
        );
        expect(accepted, "wires that no constraint holds").to.deep.equal([]);
      });
    }
  }

  it("prints the same text for the same program", () => {
    const print = () => {
      const { program } = programOf(SMALL_MODELS["dense, relu, dense"](1));
      return printCircom(buildNetlist(program), { header: ["a"], constantsFile: "c.circom" });
    };
    expect(print()).to.deep.equal(print());
  });
});
