import { expect } from "chai";
import { ceilLog2, floorLog2, roundLog2 } from "../../src/elementary/powersOfTwo.js";

describe("logarithms to base 2", () => {
  it("of every power of two, and of its neighbors", () => {
    for (let k = -1021; k < 1024; k++) {
      const power = 2 ** k;
      const [below, above] = [power * (1 - 2 ** -53), power * (1 + 2 ** -52)];
      expect([below, power, above].map(floorLog2)).to.deep.equal([k - 1, k, k]);
      expect([below, power, above].map(ceilLog2)).to.deep.equal([k, k, k + 1]);
      expect([below, power, above].map(roundLog2)).to.deep.equal([k, k, k]);
    }
    for (let k = -1074; k < -1021; k++) expect(ceilLog2(2 ** k)).to.equal(k);
    expect(floorLog2(3 * 2 ** -1074)).to.equal(-1073);
    expect(ceilLog2(3 * 2 ** -1074)).to.equal(-1072);
  });

  it("rounds by the ratio", () => {
    expect([1.41, 1.42, 2.82, 2.83].map(roundLog2)).to.deep.equal([0, 1, 1, 2]);
  });

  it("of 0, of infinity, and of what has none", () => {
    expect([0, Infinity].map(ceilLog2)).to.deep.equal([-Infinity, Infinity]);
    expect([-1, NaN].map(floorLog2)).to.deep.equal([NaN, NaN]);
  });
});
