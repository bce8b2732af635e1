import { expect } from "chai";
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkWitness, readR1cs, type R1cs } from "../../src/circom/r1cs.js";
import { structureOf } from "../../src/circom/text/circuit.js";
import { statementsOf } from "../../src/circom/text/statements.js";
import { witnessValues } from "../../src/circom/witnessGenerator.js";
import { compareSystems } from "../../src/link/compare.js";
import { linkCircuit } from "../../src/link/link.js";
import { writeRows, type RowCounts } from "../../src/link/rows.js";
import { LinkedWitness } from "../../src/link/witness.js";
import { planWitness } from "../../src/link/witnessPlan.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { witnessOf } from "../helpers/gadget.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileNetlist } from "../helpers/netlist.js";
import { signalsOf } from "../netlist/secretCircuits.js";

interface Linked {
  readonly r1cs: R1cs;
  readonly counts: RowCounts;
  readonly witness: LinkedWitness;
}

/** Every input mode, output mode and weight mode at least once, in turn over the models. */
const MODES = [
  ["committed", "public", "public"],
  ["public", "argmax", "public"],
  ["evaluated", "committed", "public"],
  ["committed", "public", "private"],
  ["public", "committed", "private"],
  ["evaluated", "public", "private"],
] as const;

describe("the linker", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "torch2circom-link-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function link(netlist: Netlist): Promise<Linked> {
    const circuit = structureOf(statementsOf(netlist));
    const path = join(folder, "linked.r1cs");
    const linked = await linkCircuit({ circuit, cacheDir: "cache", workDir: folder });
    const counts = writeRows(linked, path);
    const tensors = new Map(
      netlist.steps.flatMap((step) => (isWiring(step) ? [] : [[step.name, step.output] as const])),
    );
    const witness = await LinkedWitness.load(planWitness(linked, tensors));
    return { r1cs: readR1cs(path), counts, witness };
  }

  /** Witnesses of both systems for an input: each has to satisfy both. */
  function sameWitnesses(
    program: Program,
    netlist: Netlist,
    {
      linked,
      whole,
      partners,
    }: { linked: Linked; whole: Awaited<ReturnType<typeof compileNetlist>>; partners: Int32Array },
  ): void {
    const [inputs] = fc.sample(arbitraryInputs(program), 1);
    const signals = signalsOf(netlist, inputs);
    const ours = witnessValues(linked.witness.calculate(signals, execute(program, inputs)));
    const theirs = witnessOf(whole, signals);
    expect(checkWitness(linked.r1cs, ours)).to.equal(-1);
    const moved = theirs.slice();
    ours.forEach((value, wire) => (moved[partners[wire]] = value));
    expect(moved).to.deep.equal(theirs);
  }

  for (const [i, [name, model]] of Object.entries(SMALL_MODELS).entries())
    for (const [input, output, weights] of [MODES[0], MODES[1 + (i % (MODES.length - 1))]])
      it(`makes the system and witness of circom of "${name}" (${input}, ${output}, ${weights})`, async () => {
        const { program } = programOf(model(3), {
          output: output === "argmax" ? "argmax" : "public",
          secretWeights: weights === "private",
        });
        const netlist = buildNetlist(program, input, output === "committed" ? "committed" : "public");
        const linked = await link(netlist);
        const { nonlinear, linear } = netlist.cost;
        expect(linked.counts).to.deep.equal({ nonlinear, linear });
        const whole = await compileNetlist(`${name} ${input} ${output} ${weights}`, netlist);
        const { difference, partners } = compareSystems(linked.r1cs, whole.r1cs);
        expect(difference).to.equal(undefined);
        sameWitnesses(program, netlist, { linked, whole, partners });
      });
});
