import { expect } from "chai";
import {
  floorDivide,
  layerNorm,
  layerNormCost,
  scaleRow,
  scaleRowCost,
} from "../../src/program/arithmetic.js";
import { honest } from "../helpers/soundness.js";
import { compileClaim, itHolds } from "./gadget.js";

describe("circuits/norm", function () {
  for (const [n, lo, hi, u, epsilon, t, g, prime] of [
    [2, 0, 3, 0, 1, 4, 1, 8191],
    [2, -2, 1, 1, 2, 4, 2, 8191],
    [3, -1, 1, 0, 1, 3, 1, 16381],
    [3, 0, 2, 1, 3, 3, 2, 16381],
    [4, -8, 7, 1, 1, 10, 4, undefined],
    [16, -128, 127, 2, 16, 21, 12, undefined],
    [10, -500, 700, 3, 100, 24, 15, undefined],
    [64, -128, 127, 0, 1, 20, 11, undefined],
  ] as const) {
    itHolds({
      file: "norm",
      main: `LayerNorm(${n}, ${lo}, ${hi}, ${u}, ${epsilon}, ${t}, ${g})`,
      nonlinear: layerNormCost(n, hi - lo, u, { epsilon, t, g }),
      domain: { in: [n, lo, hi] },
      reference: (inputs) => ({ out: layerNorm(inputs.in, u, { epsilon, t, g }) }),
      prime,
      free: (inputs): Record<string, string> => {
        const sum = inputs.in.reduce((total, x) => total + x, 0);
        const twins = n === 3 && floorDivide(2 ** u * sum + 1, 3) * 3 === 2 ** u * sum;
        return twins ? { "mean.bit[1]": "two bits of weight 1 spell one remainder" } : {};
      },
    });
  }

  for (const [n, lo, hi, epsilon, t, g, prime] of [
    [1, -3, 3, 1, 4, 2, 8191],
    [2, -2, 2, 1, 4, 1, 8191],
    [3, 0, 2, 4, 3, 1, 16381],
    [16, -128, 127, 16, 20, 12, undefined],
    [100, -5, 127, 1, 20, 10, undefined],
  ] as const) {
    const most = n * Math.max(lo * lo, hi * hi);
    itHolds({
      file: "norm",
      main: `RootMeanSquareNorm(${n}, ${lo}, ${hi}, ${epsilon}, ${t}, ${g})`,
      nonlinear: scaleRowCost(n, most, { epsilon, t, g }),
      domain: { in: [n, lo, hi] },
      reference: (inputs) => ({ out: scaleRow(inputs.in, { epsilon, t, g }) }),
      prime,
    });
  }

  it("a layer norm of 16 at 8 bits costs at most 517", () => {
    expect(layerNormCost(16, 255, 2, { epsilon: 16, t: 21, g: 12 })).to.be.at.most(517);
  });

  it("has a witness where one element is all of the row's norm", async () => {
    const parameters = { epsilon: 1, t: 20, g: 12 };
    const gadget = await compileClaim({ file: "norm", main: "LayerNorm(128, -128, 127, 5, 1, 20, 12)" });
    const rowOf = (x: number, others: number) => [x, ...new Array<number>(127).fill(others)];
    for (const row of [rowOf(1, 0), rowOf(-1, 0), rowOf(127, -128), rowOf(-128, 127)]) {
      const out = layerNorm(row, 5, parameters);
      honest(gadget, { in: row }, { out });
      for (const y of out) expect(Math.abs(y)).to.be.below(2 ** 8);
    }
  });

  it("rows of equals, and of zeros, give zeros", () => {
    const parameters = { epsilon: 1, t: 20, g: 12 };
    for (const x of [-128, -1, 0, 5, 127])
      expect(layerNorm(new Array<number>(7).fill(x), 2, parameters)).to.deep.equal(
        new Array<number>(7).fill(0),
      );
    expect(scaleRow([0, 0], parameters)).to.deep.equal([0, 0]);
  });

  it("is the float layer norm to the scale's precision", () => {
    const row = [12, -50, 33, 7, 99, -100, 64, 1, -5, 80, -33, -2, 17, 45, -60, 20];
    const mean = row.reduce((sum, x) => sum + x) / row.length;
    const deviation = Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length);
    const scale = (2 ** 9 - 1) / Math.sqrt(row.length);
    layerNorm(row, 3, { epsilon: 1, t: 24, g: 15 }).forEach((y, i) => {
      expect(Math.abs(y - ((row[i] - mean) / deviation) * scale)).to.be.at.most(1);
    });
  });
});
