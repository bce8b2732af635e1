import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileCircom } from "../../src/circom/compile.js";
import { OWN_LIBRARY, writeExplicitLibrary } from "../../src/circom/explicitBits.js";
import { printCircom } from "../../src/circom/text/print.js";
import { checkWitness, readR1cs } from "../../src/circom/r1cs.js";
import { WitnessGenerator, witnessValues } from "../../src/circom/witnessGenerator.js";
import { packWords } from "../../src/client/commitment.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { execute } from "../../src/program/execute.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";

describe("circuits whose lowest bits are wires", function () {
  it("mean the same, with a linear constraint more for each decomposition", async () => {
    const folder = await mkdtemp(join(tmpdir(), "explicit-"));
    const { program } = programOf(SMALL_MODELS["dense, relu, dense"](3));
    const netlist = buildNetlist(program);
    const options = { header: ["test"], constantsFile: "constants.circom", library: OWN_LIBRARY };
    const sources = printCircom(netlist, options);
    await writeExplicitLibrary(folder);
    const main = join(folder, "main.circom");
    await writeFile(main, sources.main);
    await writeFile(join(folder, "constants.circom"), sources.constants);
    const { r1cs, wasm, constraints } = await compileCircom({ main, outDir: folder });
    // One decomposition an input of more than one bit, and one a rounded sum.
    const decompositions = netlist.steps.reduce(
      (sum, step) => ("template" in step && step.template.startsWith("Requantize") ? sum + step.size : sum),
      netlist.inputs[0].count,
    );
    expect(decompositions).to.be.greaterThan(8);
    expect(constraints.nonlinear).to.equal(netlist.cost.nonlinear);
    expect(constraints.linear).to.equal(netlist.cost.linear + decompositions);
    const generator = await WitnessGenerator.load(await readFile(wasm));
    const [output] = netlist.outputs;
    for (const x of [-8, -1, 0, 3, 7]) {
      const input = new Array<number>(netlist.inputs[0].count).fill(x);
      const witness = witnessValues(
        generator.calculate({ [netlist.inputs[0].signal]: input, salt: 1n, binding: 2n }),
      );
      expect(checkWitness(readR1cs(r1cs), witness)).to.equal(-1);
      const values = execute(program, [Float64Array.from(input)]);
      expect(witness.slice(1, 1 + output.words)).to.deep.equal(packWords(values[output.tensor], output));
    }
    await rm(folder, { recursive: true });
  });
});
