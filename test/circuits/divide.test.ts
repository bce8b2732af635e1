import { expect } from "chai";
import {
  bitLength,
  divideRound,
  floorDivide,
  inverseSquareRoot,
  reciprocal,
} from "../../src/program/arithmetic.js";
import { squareRoot } from "../helpers/libraryReference.js";
import { compareExhaustively } from "../helpers/enumerate.js";
import { compileClaim, itHolds } from "./gadget.js";

describe("circuits/divide", function () {
  for (const [D, w, lo, prime] of [
    [2, 2, -2, 257],
    [3, 2, -2, 257],
    [5, 3, -4, 521],
    [8, 2, -1, 257],
    [9, 2, 0, 257],
    [9, 0, 3, 257],
    [9, 9, -256, undefined],
    [49, 12, -2000, undefined],
    [1000, 8, 5, undefined],
  ] as const) {
    const half = Math.floor(D / 2);
    itHolds({
      file: "divide",
      main: `DivideByConstant(${D}, ${w}, ${lo})`,
      nonlinear: bitLength(D - 1) + w,
      domain: { in: [lo * D - half, (lo + 2 ** w) * D - half - 1] },
      reference: (inputs) => ({ out: divideRound(inputs.in[0], D) }),
      prime,
      free: (inputs): Record<string, string> => {
        const top = bitLength(D - 1) - 1;
        const rest = inputs.in[0] + half - D * divideRound(inputs.in[0], D);
        const twins = D === 2 ** top + 1 && rest % 2 === 1 && rest < 2 ** top;
        return twins ? { [`bit[${top}]`]: "two bits of weight 1 spell one remainder" } : {};
      },
    });
  }

  for (const [nq, nb, lo, a, b, prime] of [
    [3, 2, 0, [0, 7], [1, 3], 521],
    [3, 3, -2, [-2, 5], [1, 7], 521],
    [1, 3, 0, [0, 1], [1, 7], 521],
    [20, 10, 0, [0, 2 ** 20 - 1], [1, 2 ** 10 - 1], undefined],
    [21, 16, -(2 ** 20), [-(2 ** 20), 2 ** 20 - 1], [1, 2 ** 16 - 1], undefined],
  ] as const) {
    itHolds({
      file: "divide",
      main: `FloorDivide(${nq}, ${nb}, ${lo})`,
      nonlinear: 1 + nq + 2 * nb,
      linear: nq > 1 ? 1 : 0,
      domain: { a, b },
      reference: ({ a, b }) => ({ out: floorDivide(a[0], b[0]) }),
      prime,
    });
  }

  for (const [r, nb, least, prime] of [
    [4, 3, 1, 1009],
    [5, 3, 3, 1009],
    [19, 12, 200, undefined],
    [24, 20, 255, undefined],
  ] as const) {
    const nq = bitLength(reciprocal(r, least));
    itHolds({
      file: "divide",
      main: `Reciprocal(${r}, ${nq}, ${nb})`,
      nonlinear: 1 + nq + 2 * nb,
      domain: { in: [least, 2 ** nb - 1] },
      reference: (inputs) => ({ out: reciprocal(r, inputs.in[0]) }),
      prime,
    });
  }

  for (const [h, prime] of [
    [1, 101],
    [2, 257],
    [3, 521],
    [12, undefined],
    [25, undefined],
  ] as const) {
    itHolds({
      file: "library/squareRoot",
      main: `SquareRoot(${h})`,
      nonlinear: 3 * h + 3,
      linear: h > 1 ? 1 : 0,
      domain: { in: [0, 2 ** (2 * h) - 1] },
      reference: (inputs) => ({ out: squareRoot(inputs.in[0]) }),
      prime,
    });
  }

  for (const [C, lo, hi, prime] of [
    [64n, 1, 20, 8191],
    [49n, 2, 15, 8191],
    [100n, 1, 130, 30011],
    [2n ** 36n, 16, 2 ** 20, undefined],
    [(2n ** 24n - 2n ** 12n) ** 2n, 3, 2 ** 24, undefined],
  ] as const) {
    const roots = bitLength(inverseSquareRoot(C, lo));
    const gap = 2 * squareRoot(Number(C) * hi) + hi - 1;
    itHolds({
      file: "divide",
      main: `InverseSquareRoot(${C}, ${lo}, ${hi})`,
      nonlinear: 2 + roots + 2 * bitLength(gap),
      linear: 1,
      domain: { in: [lo, hi] },
      reference: (inputs) => ({ out: inverseSquareRoot(C, inputs.in[0]) }),
      prime,
    });
  }

  it("division by zero, and the inverse root of zero, have no witness", async () => {
    const divide = await compileClaim({ file: "divide", main: "FloorDivide(3, 2, 0)" });
    const inverse = await compileClaim({ file: "divide", main: "InverseSquareRoot(64, 1, 20)" });
    const reference = () => undefined;
    expect(
      compareExhaustively(divide, { prime: 521, domain: { a: [0, 7], b: [0, 0] }, reference }),
    ).to.deep.equal([]);
    expect(compareExhaustively(inverse, { prime: 8191, domain: { in: [0, 0] }, reference })).to.deep.equal(
      [],
    );
  });
});
