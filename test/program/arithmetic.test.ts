import { expect } from "chai";
import fc from "fast-check";
import {
  bitLength,
  divideRound,
  floorDivide,
  inverseSquareRoot,
  shiftRound,
} from "../../src/program/arithmetic.js";
import { squareRoot } from "../helpers/libraryReference.js";
import { requantize } from "../../src/program/operations/requantize.js";

const LARGEST = 2 ** 52;

describe("program/arithmetic", () => {
  it("division floors, rounding is half up, also below zero", () => {
    expect([-7, -6, -1, 0, 6].map((a) => floorDivide(a, 3))).to.deep.equal([-3, -2, -1, 0, 2]);
    expect([-3, -2, -1, 0, 1, 2].map((a) => divideRound(a, 4))).to.deep.equal([-1, 0, 0, 0, 0, 1]);
    expect([-6, -5, -2, 2, 6].map((x) => shiftRound(x, 2))).to.deep.equal([-1, -1, 0, 1, 2]);
    expect(() => floorDivide(1, 0)).to.throw(RangeError);
  });

  it("division is exact for all integers below 2^53", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -LARGEST, max: LARGEST }),
        fc.integer({ min: 1, max: LARGEST }),
        (a, b) => {
          const quotient = BigInt(floorDivide(a, b));
          const rest = BigInt(a) - quotient * BigInt(b);
          expect(rest >= 0n && rest < BigInt(b)).to.equal(true);
        },
      ),
    );
  });

  it("shiftRound is the executor's", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.nat(30), (x, shift) => {
        const bounds = { blocks: 1, shift: Int32Array.of(shift), lo: -Infinity, hi: Infinity } as const;
        const operation = { kind: "requantize", name: "q", size: 1, input: 0, ...bounds } as const;
        expect(requantize.execute(operation, [Float64Array.of(x)])[0]).to.equal(shiftRound(x, shift));
      }),
    );
  });

  it("roots are the greatest whose square fits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LARGEST }), (x) => {
        const root = BigInt(squareRoot(x));
        expect(root * root <= BigInt(x) && (root + 1n) * (root + 1n) > BigInt(x)).to.equal(true);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 90n }), fc.integer({ min: 1, max: LARGEST }), (c, x) => {
        const root = BigInt(inverseSquareRoot(c, x));
        expect(root * root * BigInt(x) <= c && (root + 1n) * (root + 1n) * BigInt(x) > c).to.equal(true);
      }),
    );
  });

  it("bitLength is the width of 0 .. x", () => {
    expect([0, 1, 2, 3, 4, 255, 256].map(bitLength)).to.deep.equal([0, 1, 2, 2, 3, 8, 9]);
  });
});
