import { expect } from "chai";
import { compileClaim, itHolds } from "./gadget.js";

const pseudoRandom = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => ((Math.imul((i + seed) ** 3 + 12345, 2654435761) >>> 7) % 2003) - 1000);

describe("circuits/table", function () {
  this.timeout(120_000);

  for (const [b, lo, T, nonlinear, prime] of [
    [2, 0, [5, -3, 0, 7], 3, 101],
    [3, -4, [1, 1, 2, 3, 5, 8, 13, 21], 6, 101],
    [4, -8, pseudoRandom(16, 1), 8, 4099],
    [6, 0, pseudoRandom(64, 2), 17, 4099],
    [8, -128, pseudoRandom(256, 3), 34, undefined],
    [10, -512, pseudoRandom(1024, 4), 67, undefined],
  ] as const) {
    itHolds({
      file: "table",
      main: `Table(${b}, ${lo}, [${T.join(",")}])`,
      nonlinear,
      linear: 0,
      domain: { in: [lo, lo + 2 ** b - 1] },
      reference: (inputs) => ({ out: T[inputs.in[0] - lo] }),
      prime,
    });
  }

  it("a table of zeros is zero, and still checks its index", async () => {
    const gadget = await compileClaim({ file: "table", main: "Table(3, 0, [0,0,0,0,0,0,0,0])" });
    expect(gadget.constraints.nonlinear).to.be.at.least(3);
  });
});
