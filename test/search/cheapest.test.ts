import { expect } from "chai";
import type { Program } from "../../src/program/types.js";
import type { Evaluation } from "../../src/quantize/evaluate.js";
import { cheapestMeasuredProgram, cheapestProgram, type Economy } from "../../src/search/cheapest.js";

const perfect: Evaluation = {
  samples: 100,
  metric: "accuracy",
  floatScore: 0.9,
  integerScore: 0.9,
  agreement: 1,
  maxAbsFloatError: null,
  maxAbsIntegerError: 0.1,
  outputs: [{ output: "y", rmsError: 0.01, greatestError: 0.02 }],
};

/** A program of one input whose range check costs `bits`, named after the choice that made it. */
const costing = (bits: number, name: string): Program => ({
  source: "00".repeat(32),
  operations: [{ kind: "input", name, size: 1, lo: 0, hi: 2 ** bits - 1 }],
  inputs: [{ name, tensor: 0, shape: [1], scale: [1], offset: [0], bits }],
  outputs: [{ name, tensor: 0, shape: [1], scale: [1], offset: [0], kind: "values" }],
});

/** Headroom costs least at 2; coarser scales save a bit a step. */
const make = ({ headroom, coarsening, weightLoss }: Economy): Program =>
  costing(
    20 + Math.abs(headroom - 2) - coarsening - (weightLoss - 8) / 7,
    `${headroom} ${coarsening} ${weightLoss}`,
  );
const nameOf = ({ inputs }: Program): string => inputs[0].name;

describe("the search for the cheapest scales", () => {
  it("takes the headroom that costs least, with no coarser scales where nothing is measured", () => {
    expect(nameOf(cheapestProgram(make).program)).to.equal("2 0 8");
  });

  it("takes the coarsest scales with which no score suffers", () => {
    const chosen = cheapestMeasuredProgram(make, () => perfect);
    expect(chosen.economy).to.deep.equal({ headroom: 2, coarsening: 2, weightLoss: 15 });
    const worse: Partial<Evaluation>[] = [
      { integerScore: 0.89 },
      { agreement: 0.99 },
      { maxAbsIntegerError: 0.21 },
      { outputs: [{ output: "y", rmsError: 0.03, greatestError: 0.04 }] },
    ];
    for (const suffers of worse) {
      const measure = (program: Program) =>
        nameOf(program).startsWith("2 2") ? { ...perfect, ...suffers } : perfect;
      const { economy, accuracy } = cheapestMeasuredProgram(make, measure);
      expect(economy, JSON.stringify(suffers)).to.deep.equal({
        headroom: 2,
        coarsening: 0,
        weightLoss: 15,
      });
      expect(accuracy).to.equal(perfect);
    }
  });

  it("compares mean squared errors within two per cent", () => {
    const measured = (error: number) => {
      const mse = { ...perfect, metric: "mse" as const, floatScore: 1, agreement: 0.5 };
      const measure = (program: Program) => ({
        ...mse,
        integerScore: nameOf(program) === "2 0 8" ? 1 : error,
      });
      return cheapestMeasuredProgram(make, measure).economy.coarsening;
    };
    expect(measured(1.015)).to.equal(2);
    expect(measured(1.025)).to.equal(0);
  });
});
