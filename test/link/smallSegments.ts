import { expect } from "chai";
import fc from "fast-check";
import { segmentInput } from "../../src/inference/segmentInput.js";
import { compareSystems } from "../../src/link/compare.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { Cuttable } from "../../src/netlist/segments/cut.js";
import type { Segment } from "../../src/netlist/segments/segment.js";
import { segmentCircuit } from "../../src/pipeline/linkable.js";
import { execute } from "../../src/program/execute.js";
import { compileSegment } from "../helpers/netlist.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { signalsOf } from "../netlist/secretCircuits.js";
import { isSameWitness, link, sizeOf } from "./linking.js";
import { opensToNoOthers, places, SECRETS, showChain, type Cut } from "./segmenting.js";

/** A small model, cut as one wants. */
export function cutOf(
  name: string,
  output: "public" | "argmax" = "public",
  shows: "public" | "committed" = "public",
): Cut {
  const { program } = programOf(SMALL_MODELS[name](3), { output });
  const netlist = buildNetlist(program, "committed", shows);
  return { program, netlist, cuttable: new Cuttable(program, netlist) };
}

/** An honest witness of each segment, and all of them refused where the commitments of neighbors differ. */
export async function provesWhatTheWholeProves(
  cut: Cut,
  segments: readonly Segment[],
  name: string,
): Promise<void> {
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

/** In two, where it can be cut. */
export async function provesInTwo(name: string): Promise<void> {
  const cut = cutOf(name);
  const segments = cut.cuttable.cut({ segments: 2 });
  if (segments === undefined) expect(places(cut)).to.deep.equal([]);
  else await provesWhatTheWholeProves(cut, segments, name);
}

/** No segment of a model opens its commitment to other integers, wherever it is cut. @returns how many tensors were tried */
export async function opensToNoOthersAnywhere(name: string): Promise<number> {
  const cut = cutOf(name);
  const [inputs] = fc.sample(arbitraryInputs(cut.program), 1);
  let tried = 0;
  for (const place of places(cut)) {
    const [, second] = cut.cuttable.at([place])!;
    tried += await opensToNoOthers(cut, second, inputs);
  }
  return tried;
}
