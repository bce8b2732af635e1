import { expect } from "chai";
import { runCompiled, runIntegers } from "./suites.js";

const MODELS = 10_000;
const COMPILED = 200;
const PART = 1000;

describe(`${MODELS} random models`, function () {
  for (let first = 1001; first < 1001 + MODELS; first += PART)
    it(`keeps all that gadgets assume, seeds from ${first}`, async () => {
      const { refused } = await runIntegers(first, PART);
      expect(refused / PART, "share of models that are refused").to.be.lessThan(0.3);
    });

  it(`is the executor on twelve inputs of each of ${COMPILED} compiled models, at the netlist's cost`, async () => {
    await runCompiled(1001, COMPILED);
  });
});
