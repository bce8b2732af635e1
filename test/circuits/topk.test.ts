import { expect } from "chai";
import { topK, topKCost } from "../../src/program/arithmetic.js";
import { itHolds } from "./gadget.js";

describe("circuits/topk", function () {
  for (const [n, k, d, lo, hi, prime] of [
    [2, 1, 2, -1, 2, 101],
    [3, 1, 1, 0, 1, 31],
    [3, 2, 1, 0, 1, 31],
    [2, 2, 1, 0, 1, 31],
    [3, 2, 2, -1, 2, 101],
    [4, 2, 1, 0, 1, 61],
    [4, 3, 1, 0, 1, 61],
    [4, 2, 12, -2000, 2000, undefined],
    [10, 3, 12, -2000, 2000, undefined],
    [10, 10, 3, 0, 7, undefined],
    [40, 5, 18, -130000, 130000, undefined],
  ] as const)
    itHolds({
      file: "topk",
      main: `TopK(${n}, ${k}, ${d})`,
      nonlinear: topKCost(n, k, d),
      domain: { in: [n, lo, hi] },
      reference: (inputs) => topK(inputs.in, k),
      prime,
    });

  it("prefers the lowest index", () => {
    expect(topK([3, 7, 7, 3, 7], 4)).to.deep.equal({ value: [7, 7, 7, 3], index: [1, 2, 4, 0] });
  });
});
