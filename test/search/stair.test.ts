import { expect } from "chai";
import { join } from "node:path";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { provingDomain, type ProvingDomain } from "../../src/netlist/provingDomain.js";
import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import type { Evaluation } from "../../src/quantize/evaluate.js";
import type { ChosenBits, RequestedBits } from "../../src/search/precision.js";
import { belowTheStep } from "../../src/search/stair.js";

const BITS: ChosenBits = { inputBits: 8, weightBits: 8, activationBits: 8 };

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

function domainOf(rows: number): ProvingDomain {
  const power = Math.ceil(Math.log2(rows));
  return { rows, power, rowsToHalf: rows - 2 ** (power - 1) };
}

/** Searches from so many rows, in 32, of which a bit of weights is worth 40 and a bit of activations 60. */
function search(
  rows: number,
  asked: RequestedBits = {},
  accuracy: (bits: ChosenBits) => Evaluation = () => perfect,
) {
  const bits = { ...BITS, ...asked };
  const tried: ChosenBits[] = [];
  const measured: ChosenBits[] = [];
  const found = belowTheStep(
    asked,
    bits,
    { domain: domainOf(32 * rows), accuracy: accuracy(bits) },
    (fewer) => {
      tried.push(fewer);
      const saved =
        40 * (bits.weightBits - fewer.weightBits) + 60 * (bits.activationBits - fewer.activationBits);
      const measure = () => {
        measured.push(fewer);
        return accuracy(fewer);
      };
      return { domain: domainOf(32 * (rows - saved)), measure };
    },
  );
  return { found: found?.bits, tried: tried.length, measured: measured.length };
}

describe("the search below a power of two", () => {
  it("counts the rows that are missing to half a domain", () => {
    const shown = {
      inputs: [],
      outputs: [],
      inputMode: "committed",
      outputMode: "committed",
      weightWords: [],
    } as const;
    const of = (nonlinear: number) => provingDomain({ ...shown, cost: { nonlinear, linear: 0 } });
    // Three public signals and one row more.
    expect(of(1020)).to.deep.equal({ rows: 1024, power: 10, rowsToHalf: 512 });
    expect(of(1021)).to.deep.equal({ rows: 1025, power: 11, rowsToHalf: 1 });
  });

  it("gives away the bits that bring a circuit below it, weights first", () => {
    expect(search(1060).found).to.deep.equal({ ...BITS, weightBits: 7 });
    expect(search(1080).found).to.deep.equal({ ...BITS, activationBits: 7 });
    expect(search(1120).found).to.deep.equal({ ...BITS, weightBits: 7, activationBits: 7 });
    // What does not come below is not measured.
    expect(search(1130)).to.deep.equal({ found: undefined, tried: 3, measured: 0 });
  });

  it("tries nothing where it is too far, nor where the model is not faithful yet", () => {
    expect(search(1500)).to.deep.equal({ found: undefined, tried: 0, measured: 0 });
    // A proof over 2^11 rows takes no longer than one over 2^10.
    const small = { domain: domainOf(1060), accuracy: perfect };
    expect(belowTheStep({}, BITS, small, () => expect.fail("tried"))).to.equal(undefined);
    const unfaithful = { ...perfect, integerScore: 0.5 };
    expect(search(1060, {}, () => unfaithful).tried).to.equal(0);
  });

  it("keeps what the user has fixed, and what the accuracy needed", () => {
    expect(search(1060, { weightBits: 8 }).found).to.deep.equal({ ...BITS, activationBits: 7 });
    expect(search(1060, { weightBits: 8, activationBits: 8 }).tried).to.equal(0);
    const bits = { ...BITS, weightBits: 9, activationBits: 9 };
    const none = belowTheStep({}, bits, { domain: domainOf(32 * 1060), accuracy: perfect }, () => {
      throw new Error("tried");
    });
    expect(none).to.equal(undefined);
  });

  it("refuses whatever suffers by it: a score, a decision, a value", () => {
    const worse: Partial<Evaluation>[] = [
      { integerScore: 0.89 },
      { agreement: 0.99 },
      { maxAbsIntegerError: 0.21 },
      { outputs: [{ output: "y", rmsError: 0.03, greatestError: 0.04 }] },
    ];
    for (const suffers of worse) {
      const accuracy = ({ weightBits }: ChosenBits) =>
        weightBits < 8 ? { ...perfect, ...suffers } : perfect;
      expect(search(1080, {}, accuracy).found, JSON.stringify(suffers)).to.deep.equal({
        ...BITS,
        activationBits: 7,
      });
    }
  });

  it("leaves digits_mlp, in the middle of its domain, at 8 bits", async () => {
    const folder = join("test", "fixtures", "models", "digits_mlp");
    const model = await importModel(join(folder, "model.pt2"));
    const samples = await loadSamples(folder, model.graph);
    const { bits, netlist } = makeIntegerModel(model, samples, { input: "committed", output: "argmax" });
    expect(bits).to.deep.equal(BITS);
    expect(provingDomain(netlist).power).to.equal(11);
  });
});
