import { itHolds } from "./gadget.js";

describe("circuits/max", function () {
  for (const [w, d, lo, hi, prime] of [
    [2, [3], -3, 4, 101],
    [3, [3, 3], -3, 4, 101],
    [4, [2, 2, 2], -2, 1, 101],
    [4, [17, 18, 19], -65000, 65000, undefined],
    [9, [11, 11, 11, 11, 11, 11, 11, 11], -1000, 1000, undefined],
  ] as const) {
    itHolds({
      file: "max",
      main: `MaxOf(${w}, [${d.join(", ")}])`,
      nonlinear: d.reduce((sum, bits) => sum + bits + 1, 0),
      linear: 1,
      domain: { in: [w, lo, hi] },
      reference: (inputs) => ({ out: Math.max(...inputs.in) }),
      prime,
    });
  }
});

describe("circuits/argmax", function () {
  for (const [w, d, lo, hi, nonlinear, prime] of [
    [2, 2, -1, 2, 3, 101],
    [3, 2, -1, 2, 8, 101],
    [4, 1, 0, 1, 9, 101],
    [5, 2, 0, 3, 17, 101],
    [10, 18, -130000, 130000, 183, undefined],
    [7, 20, -500000, 500000, 134, undefined],
  ] as const) {
    itHolds({
      file: "argmax",
      main: `ArgMax(${w}, ${d})`,
      nonlinear,
      domain: { in: [w, lo, hi] },
      reference: (inputs) => ({ out: inputs.in.indexOf(Math.max(...inputs.in)) }),
      prime,
    });
  }
});
