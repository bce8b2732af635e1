import { expect } from "chai";
import { checkedIntervals } from "../../src/program/intervals.js";
import { SharedOperations } from "../../src/program/shared.js";
import type { Operation } from "../../src/program/operations/index.js";
import { sharedWork } from "../../src/quantize/quantize.js";
import { PRECISION, programOf, SMALL_MODELS } from "../helpers/models.js";

const scaled = (weights: readonly number[]): Operation => ({
  kind: "linear",
  name: "fc",
  size: 2,
  inputs: [0],
  channels: 2,
  positions: 1,
  taps: 1,
  groups: 1,
  weights: Int32Array.from(weights),
  index: Int32Array.of(0),
  bias: new Float64Array(2),
});

describe("operations that programs share", () => {
  it("are one object where every field is equal, and only there", () => {
    const shared = new SharedOperations();
    const first = shared.of(scaled([1, 2]));
    expect(shared.of(scaled([1, 2]))).to.equal(first);
    expect(shared.of(scaled([1, 3]))).not.to.equal(first);
    expect(shared.of({ ...scaled([1, 2]), secret: true } as Operation)).not.to.equal(first);
    expect(shared.of({ ...scaled([1, 2]), inputs: [1] } as Operation)).not.to.equal(first);
    // A search goes back to what it had.
    expect(shared.of(scaled([1, 2]))).to.equal(first);
  });

  it("leave every program as it is made alone, whatever was made before", () => {
    for (const [name, model] of Object.entries(SMALL_MODELS)) {
      const shared = sharedWork();
      for (const secretWeights of [false, true])
        for (const headroom of [0, 2, 5, 0])
          for (const weightLoss of [8, 15, 8])
            for (const weightBits of [8, 7]) {
              const options = {
                precision: { ...PRECISION, headroom, weightLoss, weightBits },
                secretWeights,
              };
              const alone = programOf(model(3), options).program;
              const together = programOf(model(3), { ...options, shared }).program;
              expect(together, name).to.deep.equal(alone);
              expect(checkedIntervals(together), name).to.deep.equal(checkedIntervals(alone));
            }
    }
  });
});
