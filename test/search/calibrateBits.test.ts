import { expect } from "chai";
import { join } from "node:path";
import { calibrateFile } from "../../src/runtime/models/files.js";
import { calibrateBits, pointsLost, type Attempt } from "../../src/search/calibrateBits.js";
import type { Netlist } from "../../src/netlist/types.js";
import { expectNear } from "../helpers/near.js";

const accuracyOf = (integerScore: number) => ({
  samples: 100,
  metric: "accuracy" as const,
  floatScore: 0.9,
  integerScore,
  agreement: 1,
  maxAbsFloatError: null,
  maxAbsIntegerError: 0,
  outputs: [],
});

const SHOWN = { inputs: [], outputs: [], inputMode: "committed", outputMode: "committed", weightWords: [] };

/** A model of two layers, of which the second needs 6 bits of activation, and all weights 5. */
const attempt: Attempt = ({ inputBits, weightBits, activationBits, layers }) => {
  const bits = ["a", "b"].map((layer) => ({ weightBits, activationBits, ...layers[layer] }));
  const cost = (nonlinear: number) => ({ nonlinear, linear: 0 });
  const steps = ["a", "b"].flatMap((label, i) => [
    { label, cost: cost(0) },
    { label, cost: cost(10 * (bits[i].weightBits + bits[i].activationBits)) },
  ]);
  const nonlinear = steps.reduce((sum, step) => sum + step.cost.nonlinear, inputBits);
  const good = inputBits >= 3 && bits.every((b) => b.weightBits >= 5) && bits[1].activationBits >= 6;
  return {
    netlist: { ...SHOWN, steps, cost: cost(nonlinear) } as unknown as Netlist,
    accuracy: accuracyOf(good ? 0.9 : 0.8),
  };
};

describe("the search for the fewest bits", () => {
  it("lowers the model's bits as far as they go, then those of single layers", () => {
    const { best, within, pareto } = calibrateBits(attempt, { maxLoss: 0.5 });
    expect(within).to.equal(true);
    expect(best.bits).to.deep.equal({
      inputBits: 3,
      weightBits: 5,
      activationBits: 6,
      layers: { a: { activationBits: 2 } },
    });
    expect(best.loss).to.equal(0);
    expect(pareto.at(-1)).to.deep.equal(best);
    expectNear(pareto[0].loss, 10, 1e-9);
  });

  it("begins with more bits where 8 lose too much, and says if none are enough", () => {
    const needs10: Attempt = (bits) => ({
      ...attempt(bits),
      accuracy: accuracyOf(bits.weightBits >= 10 ? 0.9 : 0.5),
    });
    expect(calibrateBits(needs10, { maxLoss: 0 }).best.bits.weightBits).to.equal(10);
    const hopeless: Attempt = (bits) => ({ ...attempt(bits), accuracy: accuracyOf(0.5) });
    expect(calibrateBits(hopeless, { maxLoss: 0 }).within).to.equal(false);
  });

  it("ends after so many trials", () => {
    const { trials, complete } = calibrateBits(attempt, { maxLoss: 0.5, maxTrials: 5 });
    expect(trials).to.equal(5);
    expect(complete).to.equal(false);
    expect(calibrateBits(attempt, { maxLoss: 0.5 }).complete).to.equal(true);
  });

  it("ends after so many seconds, with the best that it has", () => {
    let now = 5000;
    const slow: Attempt = (bits) => {
      now += 1000;
      return attempt(bits);
    };
    const { trials, complete, best } = calibrateBits(slow, { maxLoss: 0.5, seconds: 7, clock: () => now });
    expect(trials).to.equal(7);
    expect(complete).to.equal(false);
    expect(best.nonlinear).to.be.lessThan(
      attempt({ inputBits: 8, weightBits: 8, activationBits: 8, layers: {} }).netlist.cost.nonlinear,
    );
    const hopeless: Attempt = (bits) => ({ ...slow(bits), accuracy: accuracyOf(0.5) });
    const early = calibrateBits(hopeless, { maxLoss: 0, seconds: 2, clock: () => now });
    expect([early.trials, early.within, early.complete]).to.deep.equal([2, false, false]);
  });

  it("gives the rows and the domain of every point of the front", () => {
    const { pareto } = calibrateBits(attempt, { maxLoss: 0.5 });
    for (const { nonlinear, linear, domain } of pareto) {
      expect(domain.rows).to.equal(nonlinear + linear + 4);
      expect(2 ** domain.power).to.be.at.least(domain.rows);
      expect(domain.rows - domain.rowsToHalf).to.equal(2 ** (domain.power - 1));
    }
  });

  it("measures loss by what the samples allow", () => {
    expectNear(pointsLost(accuracyOf(0.85)), 5, 1e-9);
    expectNear(pointsLost({ ...accuracyOf(0.11), metric: "mse", floatScore: 0.1 }), 10, 1e-9);
    expectNear(pointsLost({ ...accuracyOf(0), metric: null, agreement: 0.98 }), 2, 1e-9);
  });

  it("counts entropy and values beside decisions", () => {
    const sure = { ...accuracyOf(0.9), crossEntropy: { float: 0.5, integer: 0.645 } };
    expectNear(pointsLost(sure), 2.9, 1e-9);
    // Next to no entropy is not a measure of its own growth.
    expectNear(pointsLost({ ...sure, crossEntropy: { float: 0.001, integer: 0.003 } }), 0.2, 1e-9);
    const outputs = [
      { output: "y", rmsError: 0.01, greatestError: 0.1 },
      { output: "z", rmsError: 0.08, greatestError: 0.1 },
    ];
    expectNear(pointsLost({ ...accuracyOf(0.9), outputs }), 2, 1e-9);
  });

  it("confirms its choice on what was held out", () => {
    const lucky: Attempt = (bits) => {
      const made = attempt(bits);
      return { ...made, heldOut: accuracyOf(bits.weightBits >= 7 ? 0.9 : 0.7) };
    };
    const { best, within } = calibrateBits(lucky, { maxLoss: 0.5 });
    expect(within).to.equal(true);
    expect(best.bits.weightBits).to.equal(7);
    const unlucky: Attempt = (bits) => ({ ...attempt(bits), heldOut: accuracyOf(0.7) });
    expect(calibrateBits(unlucky, { maxLoss: 0.5 }).within).to.equal(false);
    // One sample more or less is not a proof of anything.
    const oneOff: Attempt = (bits) => ({ ...attempt(bits), heldOut: accuracyOf(0.89) });
    expect(calibrateBits(oneOff, { maxLoss: 0.5 }).best.bits.weightBits).to.equal(5);
  });

  it("holds out as many samples as it is told to", async function () {
    const folder = join("test", "fixtures", "models", "digits_mlp");
    const search = (heldOut?: number) =>
      calibrateFile(join(folder, "model.pt2"), folder, { maxLoss: 0.5, maxTrials: 2, heldOut });
    expect((await search(0)).best.heldOut).to.equal(undefined);
    for (const share of [0.5, undefined]) expect((await search(share)).best.heldOut).to.be.a("number");
    for (const share of [1, -0.1, NaN])
      await search(share).then(
        () => expect.fail(`held out ${share}`),
        (error: Error) => expect(error.message).to.match(/leave none to choose by/),
      );
  });

  it("saves a third of digits_mlp's constraints without a lost sample", async function () {
    const folder = join("test", "fixtures", "models", "digits_mlp");
    const { best } = await calibrateFile(join(folder, "model.pt2"), folder, { maxLoss: 0.5 });
    expect(best.nonlinear).to.be.at.most(1000);
    expect(best.loss).to.be.at.most(0.5);
  });
});
