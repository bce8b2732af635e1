import { expect } from "chai";
import fc from "fast-check";
import { commitInputs, commitWeights, packWords } from "../../src/client/commitment.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { provingDomain } from "../../src/netlist/provingDomain.js";
import type { Netlist } from "../../src/netlist/types.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist, constraintsByRow, isFreeByDesign } from "../helpers/netlist.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";

export const SALT = 5n;
export const WEIGHT_SALT = 9n;
export const CHALLENGE = 12345n;

export const signalsOf = (netlist: Netlist, inputs: readonly Float64Array[]) => ({
  ...Object.fromEntries(netlist.inputs.map(({ signal }, i) => [signal, Array.from(inputs[i])])),
  ...(netlist.inputMode === "public" && netlist.outputMode === "public" ? {} : { salt: SALT }),
  ...(netlist.inputMode === "evaluated" ? { challenge: CHALLENGE } : {}),
  ...(netlist.weightWords.length === 0 ? {} : { weightWords: netlist.weightWords, weightSalt: WEIGHT_SALT }),
  binding: 77n,
});

export const shown = (netlist: Netlist, program: Program, inputs: readonly Float64Array[]): bigint[] => {
  const values = execute(program, inputs);
  return netlist.outputs.flatMap((packing) => packWords(values[packing.tensor], packing));
};

/** A small model's circuit with private weights: its cost, its witnesses on any inputs, and no wire that is free. */
export async function isExecutor(name: string): Promise<void> {
  const { program } = programOf(SMALL_MODELS[name](3), { secretWeights: true });
  const netlist = buildNetlist(program);
  const gadget = await compileNetlist(`secret ${name}`, netlist);
  expect(gadget.constraints).to.deep.equal(constraintsByRow(netlist));
  const { constraints, publicOutputs, publicInputs } = gadget.r1cs;
  expect(provingDomain(netlist).rows).to.equal(constraints + publicOutputs + publicInputs + 1);
  const weights = commitWeights(WEIGHT_SALT, netlist.weightWords);
  fc.assert(
    fc.property(arbitraryInputs(program), (inputs) => {
      const witness = honest(gadget, signalsOf(netlist, inputs), {});
      const words = shown(netlist, program, inputs);
      expect(witness.slice(1, 1 + words.length + 3)).to.deep.equal([
        ...words,
        weights,
        commitInputs(BigInt(netlist.domain), SALT, inputs, netlist.inputs, weights),
        77n,
      ]);
    }),
    { numRuns: 25 },
  );
  const [inputs] = fc.sample(arbitraryInputs(program), 1);
  const accepted = mutateEveryWire(gadget, signalsOf(netlist, inputs)).filter(
    (line) => !isFreeByDesign(netlist, line),
  );
  expect(accepted, "wires that no constraint holds").to.deep.equal([]);
}
