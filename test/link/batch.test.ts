import { expect } from "chai";
import { batchOf, fittingBatch } from "../../src/netlist/batch.js";
import { compileBatch, isFreeByDesign } from "../helpers/netlist.js";
import { mutateEveryWire } from "../helpers/soundness.js";
import { batchFor, isSameAsByCircomInThree, jobsOf } from "./batching.js";

const MLP = "dense, relu, dense";

describe("a circuit of many jobs", () => {
  // Other models and modes: batch.full.test.ts.
  it("is linked as circom makes it, and shows what the jobs show: three with encrypted outputs", () =>
    isSameAsByCircomInThree(MLP, ["committed", "encrypted", "public"]));

  it("leaves no wire free", async () => {
    const { program, batch } = batchFor(MLP, ["committed", "public", "public"], 2);
    const gadget = await compileBatch(`pair ${MLP}`, batch);
    const { input } = jobsOf(batch, program);
    const accepted = mutateEveryWire(gadget, input).filter((line) => !isFreeByDesign(batch.netlist, line));
    // The public signal has its wire.
    expect(accepted).to.deep.equal(["challenge: no constraint reads this input"]);
  });

  it("has as many jobs as were asked for, or fewer where these take half the proving time", () => {
    const { program, batch } = batchFor(MLP, ["committed", "public", "public"], 1);
    const powerOf = (jobs: number) => batchOf(program, batch.netlist, jobs).provingDomain.power;
    let reduced = 0;
    for (let asked = 2; asked < 70; asked++) {
      const { jobs, provingDomain } = fittingBatch(program, batch.netlist, asked);
      expect(provingDomain.power).to.equal(powerOf(jobs));
      expect(jobs).to.be.within(Math.max(2, Math.ceil((asked * 7) / 8)), asked);
      if (jobs < asked) {
        reduced++;
        expect([powerOf(jobs + 1), powerOf(jobs)]).to.deep.equal([powerOf(asked), powerOf(asked) - 1]);
      }
    }
    expect(reduced).to.be.greaterThan(0);
  });
});
