import { shiftRound } from "../../src/program/arithmetic.js";
import { itHolds } from "./gadget.js";

const FREE_HINT = "x is multiplied by h = 0; the same constraint then says result = kept";

describe("circuits/requantize", function () {
  for (const [f, w, lo, prime] of [
    [2, 3, -4, 257],
    [3, 2, -1, 257],
    [4, 0, 3, 257],
    [1, 4, 5, 521],
    [9, 10, -512, undefined],
    [17, 12, -2000, undefined],
  ] as const) {
    const half = 2 ** (f - 1);
    itHolds({
      file: "requantize",
      main: `Requantize(${f}, ${w}, ${lo})`,
      nonlinear: f + w,
      domain: { in: [lo * 2 ** f - half, (lo + 2 ** w) * 2 ** f - half - 1] },
      reference: (inputs) => ({ out: shiftRound(inputs.in[0], f) }),
      prime,
    });
  }

  for (const [f, k, prime] of [
    [2, 3, 257],
    [3, 2, 257],
    [0, 4, 257],
    [1, 1, 31],
    [1, 5, 521],
    [9, 9, undefined],
    [20, 12, undefined],
  ] as const) {
    const half = f > 0 ? 2 ** (f - 1) : 0;
    itHolds({
      file: "requantize",
      main: `RequantizeReLU(${f}, ${k})`,
      nonlinear: f + k + 1,
      linear: 0,
      domain: { in: [(1 - 2 ** k) * 2 ** f - half, 2 ** k * 2 ** f - half - 1] },
      reference: (inputs) => ({ out: Math.max(0, shiftRound(inputs.in[0], f)) }),
      prime,
    });
  }

  for (const [f, c, m, lo, prime] of [
    [2, 2, 1, 0, 257],
    [2, 2, 2, -2, 521],
    [0, 3, 2, -4, 257],
    [1, 1, 3, 0, 257],
    [3, 2, 1, 5, 521],
    [9, 8, 3, 0, undefined],
    [12, 10, 7, -512, undefined],
  ] as const) {
    const half = f > 0 ? 2 ** (f - 1) : 0;
    const step = 2 ** c;
    itHolds({
      file: "requantize",
      main: `RequantizeClamp(${f}, ${c}, ${m}, ${lo})`,
      nonlinear: f + c + m + 3,
      linear: lo === 0 ? 0 : 1,
      domain: {
        in: [(lo + (1 - 2 ** m) * step) * 2 ** f - half, (lo + 2 ** m * step) * 2 ** f - half - 1],
      },
      reference: (inputs) => ({ out: Math.min(Math.max(shiftRound(inputs.in[0], f), lo), lo + step - 1) }),
      prime,
      free: (inputs): Record<string, string> => {
        const q = shiftRound(inputs.in[0], f);
        return q >= lo && q < lo + step ? { x: FREE_HINT } : {};
      },
    });
  }
});
