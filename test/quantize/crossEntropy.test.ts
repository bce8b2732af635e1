import { expect } from "chai";
import { crossEntropy } from "../../src/quantize/crossEntropy.js";
import { expectNear } from "../helpers/near.js";

describe("cross entropy", () => {
  const logits = [Float64Array.of(1, 3, -2, 0, 0, 1000), Float64Array.of(-4, 2, 2, 1, 1, 1)];
  const labels = [Float64Array.of(1, 2), Float64Array.of(0, 1)];
  const nats =
    (Math.log(Math.exp(-2) + 1 + Math.exp(-5)) + 0 + Math.log(1 + 2 * Math.exp(6)) + Math.log(3)) / 4;

  it("is the mean of -log softmax(row)[label], of rows one after the other, without overflow", () => {
    expectNear(crossEntropy(logits, labels, 3, false), nats, 1e-12);
  });

  it("is the same of logarithms of shares, and of shares", () => {
    const shares = logits.map((rows) => {
      const parts = [rows.subarray(0, 3), rows.subarray(3)].map((row) => {
        const most = Math.max(...row);
        const powers = [...row].map((x) => Math.exp(x - most));
        return powers.map((p) => p / powers.reduce((a, b) => a + b));
      });
      return Float64Array.from(parts.flat());
    });
    expectNear(crossEntropy(shares, labels, 3, true), nats, 1e-12);
  });

  it("is finite where a share is 0", () => {
    expect(crossEntropy([Float64Array.of(0, 1)], [Float64Array.of(0)], 2, true)).to.be.within(5, 20);
  });
});
