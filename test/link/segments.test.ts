import { expect } from "chai";
import fc from "fast-check";
import { segmentInput } from "../../src/inference/segmentInput.js";
import { execute } from "../../src/program/execute.js";
import { witnessOf } from "../helpers/gadget.js";
import { arbitraryInputs } from "../helpers/models.js";
import { compileSegment } from "../helpers/netlist.js";
import { signalsOf } from "../netlist/secretCircuits.js";
import { places, SECRETS, withOverflow } from "./segmenting.js";
import { cutOf, opensToNoOthersAnywhere, provesInTwo } from "./smallSegments.js";

// A few models: smallSegments.full.test.ts has all, in more segments and everywhere.
describe("the segments of a circuit", () => {
  for (const name of [
    "dense, relu, dense",
    "shares of a sum",
    "embedding, attention with a mask, residual, layer norm",
  ])
    it(`prove what the whole proves, linked as circom makes them: "${name}" in two`, () => provesInTwo(name));

  it("open no commitment to other integers, wherever they are cut", async () => {
    expect(await opensToNoOthersAnywhere("dense, relu, dense")).to.be.greaterThan(0);
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
