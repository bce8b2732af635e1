import { expect } from "chai";
import { compareExhaustively } from "../helpers/enumerate.js";
import { compileClaim, itHolds } from "./gadget.js";

describe("circuits/compare", function () {
  for (const [d, lo, hi, prime] of [
    [1, 0, 1, 31],
    [3, -3, 4, 101],
    [16, -(2 ** 15), 2 ** 15 - 1, undefined],
    [40, 0, 2 ** 31 - 1, undefined],
  ] as const)
    itHolds({
      file: "library/compare",
      main: `LessThan(${d})`,
      nonlinear: d + 1,
      linear: 1,
      domain: { a: [lo, hi], b: [lo, hi] },
      reference: ({ a, b }) => ({ out: a[0] < b[0] ? 1 : 0 }),
      prime,
    });

  it("a difference beyond the bits has no witness", async () => {
    const gadget = await compileClaim({ file: "library/compare", main: "LessThan(2)" });
    const problems = compareExhaustively(gadget, {
      prime: 101,
      domain: { a: [4, 20], b: [0, 0] },
      reference: () => undefined,
    });
    expect(problems).to.deep.equal([]);
  });

  itHolds({
    file: "library/compare",
    main: "Equal()",
    nonlinear: 2,
    linear: 0,
    domain: { a: [-5, 5], b: [-5, 5] },
    reference: ({ a, b }) => ({ out: a[0] === b[0] ? 1 : 0 }),
    prime: 31,
    free: ({ a, b }): Record<string, string> =>
      a[0] === b[0] ? { inverse: "multiplied by a - b = 0; the other constraint then holds out" } : {},
  });

  itHolds({
    file: "library/compare",
    main: "Select()",
    nonlinear: 1,
    linear: 0,
    domain: { condition: [0, 1], a: [-3, 4], b: [-3, 4] },
    reference: ({ condition, a, b }) => ({ out: condition[0] ? a[0] : b[0] }),
    prime: 31,
  });

  itHolds({
    file: "library/compare",
    main: "SelectLayer(6, 2)",
    nonlinear: 6,
    domain: { condition: [2, 0, 1], a: [6, -100, 100], b: [6, -100, 100] },
    reference: ({ condition, a, b }) => ({ out: a.map((x, i) => (condition[i < 3 ? 0 : 1] ? x : b[i])) }),
  });
});
