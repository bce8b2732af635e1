import { expect } from "chai";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { provingDomain } from "../../src/netlist/provingDomain.js";
import { constraintsOf } from "../../src/pipeline/report.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist, constraintsByRow, SCATTERED } from "../helpers/netlist.js";

describe("the parts of a circuit", function () {
  it("are what each mode adds to the compiled circuit", async () => {
    const compiled = new Map<string, { nonlinear: number; linear: number }>();
    for (const [input, output] of [
      ["public", "public"],
      ["committed", "public"],
      ["evaluated", "public"],
      ["public", "committed"],
    ] as const) {
      const mode = `${input} input, ${output} output`;
      const netlist = buildNetlist(SCATTERED, input, output);
      const { constraints, r1cs } = await compileNetlist(mode, netlist);
      expect(provingDomain(netlist).rows, mode).to.equal(
        r1cs.constraints + r1cs.publicOutputs + r1cs.publicInputs + 1,
      );
      expect(constraintsByRow(netlist), mode).to.deep.equal(constraints);
      compiled.set(mode, constraints);
    }
    const added = (mode: string, without: string) => {
      const [most, least] = [compiled.get(mode)!, compiled.get(without)!];
      return { nonlinear: most.nonlinear - least.nonlinear, linear: most.linear - least.linear };
    };
    const { parts } = constraintsOf(buildNetlist(SCATTERED, "evaluated", "committed"));
    const rows = new Map(parts.map(({ part, nonlinear, linear }) => [part, { nonlinear, linear }]));
    const plain = "public input, public output";
    expect(rows.get("commitment to the inputs")).to.deep.equal(
      added("committed input, public output", plain),
    );
    expect(rows.get("commitment to the outputs")).to.deep.equal(
      added("public input, committed output", plain),
    );
    expect(rows.get("evaluation of the inputs")).to.deep.equal(
      added("evaluated input, public output", "committed input, public output"),
    );
    // The others are all of the circuit that shows everything: its layer is wiring.
    expect(compiled.get(plain)).to.deep.equal({ nonlinear: 1 + 20 * 3, linear: 2 });
    expect(rows.get("binding to job and payee")).to.deep.equal({ nonlinear: 1, linear: 0 });
    expect(rows.get("range and packing of input x")).to.deep.equal({ nonlinear: 20 * 3, linear: 1 });
    expect(rows.get("packing of output y")).to.deep.equal({ nonlinear: 0, linear: 1 });
  });

  it("name each input, each output, and the commitment to private weights", () => {
    const { program } = programOf(SMALL_MODELS["dense, relu, dense"](3), { secretWeights: true });
    const { parts } = constraintsOf(buildNetlist(program));
    expect(parts.map(({ part, gadget }) => `${part}: ${gadget}`)).to.deep.equal([
      "binding to job and payee: Bind",
      "commitment to the weights: Commit",
      "range and packing of input x: PackChecked",
      "commitment to the inputs: Commit",
      "packing of output y: Pack",
    ]);
  });
});
