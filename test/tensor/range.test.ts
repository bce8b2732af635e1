import { expect } from "chai";
import { rangeOf } from "../../src/tensor/range.js";
import { describeAnswer } from "../../tasks/output.js";

describe("the ends of a list", () => {
  it("are those of any list, however long", () => {
    expect(rangeOf([3, -1, 2])).to.deep.equal({ least: -1, greatest: 3 });
    expect(rangeOf([])).to.deep.equal({ least: Infinity, greatest: -Infinity });
    const long = Array.from({ length: 500_000 }, (_, i) => i - 7);
    expect(rangeOf(long)).to.deep.equal({ least: -7, greatest: 499_992 });
    expect(rangeOf(Float64Array.from(long)).greatest).to.equal(499_992);
  });

  it("are found in an answer of very many values", () => {
    const values = Array.from({ length: 500_000 }, (_, i) => i % 400_001);
    expect(describeAnswer({ name: "y", kind: "values", values })).to.equal(
      "y: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (greatest: number 400000)",
    );
  });
});
