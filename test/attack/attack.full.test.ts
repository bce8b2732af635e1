import { expect } from "chai";
import { describeConstraint } from "../../src/attack/forger.js";
import { Trials } from "../../src/attack/trials.js";
import type { AttackTarget } from "../../src/attack/types.js";
import { SMALL_MODELS } from "../helpers/models.js";
import { constraintsNaming, run, targetOf, withoutConstraint } from "./target.js";

/** Of each gadget so many constraints are dropped, one at a time. */
const DROPPED = 5;
const CNN = "grouped conv, relu, max pool, flatten, dense";

/** The searches of the attack: how long they may take decides what they find. */
describe("attack, at length", function () {
  for (const [i, [name, model]] of Object.entries(SMALL_MODELS).entries()) {
    it(`every forgery of "${name}" is refused by a constraint`, async () => {
      const target = await targetOf(`attack_${i}`, model(11));
      const { report } = await run(target, { seconds: 2 });
      for (const family of report.families)
        expect(family.holes, `${family.id} ${JSON.stringify(family.holes.slice(0, 3))}`).to.deep.equal([]);
      expect(report.found).to.equal(0);
      expect(report.tried).to.be.greaterThan(1000);
      for (const { tried, example } of report.families) if (tried > 0) expect(example?.by).to.be.a("string");
    });
  }

  describe("on a broken circuit", () => {
    let cnn: AttackTarget;
    let embedding: AttackTarget;
    let attention: AttackTarget;
    before(async () => {
      cnn = await targetOf("attack_cnn", SMALL_MODELS[CNN](11), { output: "argmax" });
      embedding = await targetOf(
        "attack_embedding",
        SMALL_MODELS["embedding, gate, RMS norm, mean, pool"](11),
      );
      attention = await targetOf(
        "attack_attention",
        SMALL_MODELS["embedding, attention with a mask, residual, layer norm"](11),
      );
    });
    const without = (target: AttackTarget, constraint: number): AttackTarget => ({
      ...target,
      r1cs: withoutConstraint(target.r1cs, constraint),
    });

    it("finds whichever constraint of a maximum is dropped", async () => {
      // The last window of a channel: all of its elements are different ones, so that every match matters.
      const { name } = cnn.signals.steps.find(({ template }) => template === "MaxLayer")!;
      const all = constraintsNaming(cnn, new RegExp(`^${name}\\.gadget\\[3\\]\\.`));
      const constraints = all.filter((_, i) => i % Math.ceil(all.length / DROPPED) === 0);
      expect(constraints.length).to.be.greaterThan(3);
      for (const constraint of constraints) {
        const { report } = await run(without(cnn, constraint), { seconds: 6 });
        const text = describeConstraint(cnn.r1cs, (wire) => cnn.signals.nameOf[wire], constraint);
        expect(report.found, `missed: ${text}`).to.be.greaterThan(0);
      }
    });

    it("finds whichever constraint of a saturating requantization is dropped", async () => {
      const { name } = attention.signals.steps.find(({ template }) => template === "RequantizeClampLayer")!;
      const constraints = constraintsNaming(attention, new RegExp(`^${name}\\.gadget\\[0\\]\\.`));
      expect(constraints.length).to.be.greaterThan(8);
      for (const constraint of constraints) {
        const { report } = await run(without(attention, constraint), { seconds: 20 });
        const text = describeConstraint(attention.r1cs, (wire) => attention.signals.nameOf[wire], constraint);
        expect(report.found, `missed: ${text}`).to.be.greaterThan(0);
      }
    });

    it("finds a range check of the input, the binding and the commitment that are dropped", async () => {
      for (const [pattern, id] of [
        [/^x_words\.held\[0\]\.bit\[1\]$/, "E4"],
        [/^bind\./, "E5"],
        [/^(inputCommitment|commit\.out)$/, "E4"],
      ] as const) {
        const found: boolean[] = [];
        for (const constraint of constraintsNaming(cnn, pattern)) {
          const { of } = await run(without(cnn, constraint), { ids: [id, "E3", "search"], seconds: 2 });
          found.push(of(id).holes.length > 0 || of("E3").holes.length > 0 || of("search").holes.length > 0);
        }
        expect(found, String(pattern)).to.include(true).and.not.include(false);
      }
    });

    it("finds a one-hot embedding that does not add up, and a product without its equation", async () => {
      const table = embedding.signals.steps.find(({ template }) => template === "LookupLayer")!.name;
      const sums = constraintsNaming(embedding, new RegExp(`^${table}\\.gadget\\[0\\]\\.hot\\.out\\[1\\]$`));
      const found: string[] = [];
      for (const constraint of sums) {
        const { report, of } = await run(without(embedding, constraint), {
          ids: ["E9", "search"],
          seconds: 2,
        });
        if (report.found > 0) found.push(of("E9").holes.length > 0 ? "E9" : "search");
      }
      expect(found.length).to.be.greaterThan(0);
      const product = attention.signals.steps.findIndex(({ template }) => template === "MatMulLayer");
      const { cells } = new Trials(attention).cells;
      const cell = cells.find((one) => one.step === product)!;
      const equation = cell.constraints.find(
        (i) => attention.r1cs.starts[3 * i + 3] - attention.r1cs.starts[3 * i] > 12,
      )!;
      const { report } = await run(without(attention, equation), { ids: ["E10", "search"], seconds: 20 });
      expect(report.found).to.be.greaterThan(0);
    });
  });
});
