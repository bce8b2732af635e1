import { expect } from "chai";
import { FIELD_ORDER } from "../../src/groth16/field.js";
import { multiplyGenerators } from "../../src/groth16/fixedBase.js";
import { POINT_BYTES } from "../../src/groth16/fixedBaseJob.js";

describe("multiplyGenerators", function () {
  it("is linear, whatever the width of its windows and the number of its threads", async () => {
    const few = [0n, 1n, 2n, FIELD_ORDER - 1n, 0x123456789abcdefn << 190n];
    // Enough for two threads and wider windows; the same scalars at both ends.
    const many = [...few, ...Array.from({ length: 6000 }, (_, i) => BigInt(i + 3)), ...few];
    for (const group of ["G1", "G2"] as const) {
      const size = POINT_BYTES[group];
      const [short] = await multiplyGenerators([{ group, scalars: few }]);
      const fractions: number[] = [];
      const [empty, long] = await multiplyGenerators(
        [
          { group, scalars: [] },
          { group, scalars: many },
        ],
        (fraction) => fractions.push(fraction),
        2000,
      );
      const at = (points: Uint8Array, i: number): string =>
        Buffer.from(points.subarray(i * size, (i + 1) * size)).toString("hex");
      expect(empty).to.have.length(0);
      expect(long).to.have.length(many.length * size);
      few.forEach((scalar, i) => {
        expect(at(long, i), `${scalar}`).to.equal(at(short, i));
        expect(at(long, many.length - few.length + i), `${scalar}`).to.equal(at(short, i));
      });
      expect(at(short, 0)).to.match(/^0+$/);
      // (r-1)·G = -G: the same x, another y.
      expect(at(short, 3).slice(0, size)).to.equal(at(short, 1).slice(0, size));
      expect(at(short, 3)).to.not.equal(at(short, 1));
      expect(fractions.at(-1)).to.equal(1);
    }
  });
});
