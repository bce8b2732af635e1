import { expect } from "chai";
import fc from "fast-check";
import { segmentInput } from "../../src/inference/segmentInput.js";
import { compareSystems } from "../../src/link/compare.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { Cuttable } from "../../src/netlist/segments/cut.js";
import type { Segment } from "../../src/netlist/segments/segment.js";
import { segmentCircuit } from "../../src/pipeline/linkable.js";
import { execute } from "../../src/program/execute.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { witnessOf } from "../helpers/gadget.js";
import { compileSegment } from "../helpers/netlist.js";
import { signalsOf } from "../netlist/secretCircuits.js";
import { isSameWitness, link, sizeOf } from "./linking.js";
import { opensToNoOthers, places, SECRETS, showChain, withOverflow, type Cut } from "./segmenting.js";

const ATTENTION = "embedding, attention with a mask, residual, layer norm";
const CNN = "grouped conv, relu, max pool, flatten, dense";

function cutOf(
  name: string,
  output: "public" | "argmax" = "public",
  shows: "public" | "committed" = "public",
): Cut {
  const { program } = programOf(SMALL_MODELS[name](3), { output });
  const netlist = buildNetlist(program, "committed", shows);
  return { program, netlist, cuttable: new Cuttable(program, netlist) };
}

/** An honest witness of each segment, and all of them refused where the commitments of neighbors differ. */
async function provesWhatTheWholeProves(cut: Cut, segments: readonly Segment[], name: string): Promise<void> {
  const { program, netlist } = cut;
  const linked = await Promise.all(segments.map((segment) => link(segmentCircuit(segment))));
  const whole = await Promise.all(
    segments.map((one) => compileSegment(`${name} segment ${one.number}`, one)),
  );
  for (const [i, { cost, provingDomain }] of segments.entries()) {
    expect(linked[i].counts, `segment ${i}`).to.include(cost);
    expect(linked[i].counts).to.deep.equal(sizeOf(linked[i].r1cs));
    const { constraints, publicOutputs, publicInputs } = linked[i].r1cs;
    expect(provingDomain.rows).to.equal(constraints + publicOutputs + publicInputs + 1);
  }
  for (const inputs of fc.sample(arbitraryInputs(program), 2)) {
    const values = execute(program, inputs);
    const given = signalsOf(netlist, inputs);
    const signals = segments.map((segment, i) => {
      const { difference, partners } = compareSystems(linked[i].r1cs, whole[i].r1cs);
      expect(difference).to.equal(undefined);
      const input = segmentInput(segment, netlist, given, values, SECRETS);
      const witness = isSameWitness(input, values, { linked: linked[i], whole: whole[i], partners });
      return witness.slice(1, 1 + linked[i].r1cs.publicOutputs + linked[i].r1cs.publicInputs);
    });
    showChain(cut, segments, inputs, signals);
  }
}

describe("the segments of a circuit", () => {
  for (const name of Object.keys(SMALL_MODELS))
    it(`prove what the whole proves, linked as circom makes them: "${name}" in two`, async () => {
      const cut = cutOf(name);
      const segments = cut.cuttable.cut({ segments: 2 });
      if (segments === undefined) return expect(places(cut)).to.deep.equal([]);
      await provesWhatTheWholeProves(cut, segments, name);
    });

  it("prove what the whole proves in four, with tensors that are handed on and committed outputs", async () => {
    for (const [name, output, shows] of [
      [ATTENTION, "public", "committed"],
      [CNN, "argmax", "public"],
    ] as const) {
      const cut = cutOf(name, output, shows);
      const segments = cut.cuttable.cut({ segments: 4 })!;
      expect(segments.length).to.equal(4);
      await provesWhatTheWholeProves(cut, segments, `${name} ${shows} four`);
    }
  });

  it("open no commitment to other integers, wherever they are cut", async () => {
    let tried = 0;
    for (const name of [
      CNN,
      ATTENTION,
      "every form of activation",
      "embedding, gate, RMS norm, mean, pool",
    ]) {
      const cut = cutOf(name);
      const [inputs] = fc.sample(arbitraryInputs(cut.program), 1);
      for (const place of places(cut)) {
        const [, second] = cut.cuttable.at([place])!;
        tried += await opensToNoOthers(cut, second, inputs);
      }
    }
    expect(tried).to.be.greaterThan(20);
  });

  it("would open it to others if an element were held to no slot", async () => {
    const cut = cutOf("dense, relu, dense");
    const [inputs] = fc.sample(arbitraryInputs(cut.program), 1);
    const values = execute(cut.program, inputs);
    const [, second] = cut.cuttable.at([places(cut)[1]])!;
    const [tensor] = second.opened!.tensors;
    expect(tensor.heldIn.get(1)).to.equal(false);
    const loose = { ...second.opened!, tensors: [{ ...tensor, heldIn: new Map([[1, true]]) }] };
    const gadget = await compileSegment("a segment without range checks", { ...second, opened: loose });
    const input = segmentInput(second, cut.netlist, signalsOf(cut.netlist, inputs), values, SECRETS);
    const forged = withOverflow(input, tensor)!;
    const [honest, other] = [input, forged].map((one) => witnessOf(gadget, one));
    expect(other[2]).to.equal(honest[2]);
    expect(other[1]).not.to.equal(honest[1]);
  });
});
