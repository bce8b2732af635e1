import { expect } from "chai";
import {
  activationAt,
  activationCost,
  activationDomain,
  activationIndex,
  type Activation,
} from "../../src/program/activation.js";
import { bitLength } from "../../src/program/arithmetic.js";
import { tableCost, tableSplit } from "../../src/program/tableCost.js";
import { fitQuadratics, quadraticTable } from "../helpers/libraryReference.js";
import { itHolds } from "./gadget.js";

/** Inputs whose rounded quotient is in [lo, hi]. */
function rounded(f: number, lo: number, hi: number): [number, number] {
  const half = f > 0 ? 2 ** (f - 1) : 0;
  return [lo * 2 ** f - half, (hi + 1) * 2 ** f - half - 1];
}

const tabulate = (b: number, f: (x: number) => number) => Array.from({ length: 2 ** b }, (_, x) => f(x));
const noise = (x: number) => (Math.imul(x + 77, 2654435761) >>> 20) - 2000;

describe("circuits/lookup", function () {
  for (const [T, l, prime] of [
    [[7, -3], 0, 101],
    [[7, -3], 1, 101],
    [[5, 5, 5, 5], 1, 101],
    [[0, 1, 2, 3, 4, 5, 6, 7], 1, 101],
    [[0, 1, 1, 0, 1, 0, 0, 1], 0, 101],
    [[9, 1, 2, 9, 9, 1, 2, 9, 0, 0, 0, 0, 1, 2, 3, 4], 2, 101],
    [tabulate(4, noise), 2, 8191],
    [tabulate(4, noise), 4, 8191],
    [tabulate(8, noise), 4, undefined],
  ] as const) {
    const b = bitLength(T.length - 1);
    itHolds({
      file: "lookup",
      main: `TableOfBits(${b}, ${l}, [${T.join(",")}])`,
      nonlinear: tableCost(T, l).cost,
      domain: { bit: [b, 0, 1] },
      reference: ({ bit }) => ({ out: T[bit.reduce((sum, x, i) => sum + x * 2 ** i, 0)] }),
      prime,
      free: (): Record<string, string> =>
        T.every((entry) => entry === T[0]) ? { "bit[0]": "a constant", "bit[1]": "a constant" } : {},
    });
  }

  it("a table without structure costs 26 at 8 bits, 18 at 7, 57 at 10, 120 at 12", () => {
    expect([7, 8, 10, 12].map((b) => tableSplit(tabulate(b, noise)).cost)).to.deep.equal([18, 26, 57, 120]);
    expect(tableSplit(tabulate(8, (x) => 3 * x)).cost).to.equal(0);
  });
});

describe("circuits/activations", function () {
  /** One claim a form: its cost is that of the cost model, its meaning that of the executor. */
  const activationHolds = (activation: Activation, main: string, prime: number | undefined) => {
    const { lo, hi } = activationDomain(activation);
    const { nonlinear, linear } = activationCost(activation);
    const { shift } = activation;
    itHolds({
      file: "activations",
      main,
      nonlinear,
      linear,
      domain: {
        in: activation.form === "odd" ? [lo * 2 ** shift, (hi + 1) * 2 ** shift - 1] : rounded(shift, lo, hi),
      },
      reference: (inputs) => ({ out: activationAt(activation, activationIndex(activation, inputs.in[0])) }),
      prime,
    });
  };
  const plain = { lo: 0, base: 0 };

  for (const [shift, lo, T, prime] of [
    [0, 0, [5, -3, 0, 7], 101],
    [0, -4, [1, 1, 2, 3, 5, 8, 13, 21], 101],
    [2, -3, [1, 1, 2, 3, 5, 8, 13, 21], 257],
    [1, 2, [4, 9], 101],
    [1, -8, tabulate(4, noise), 4099],
    [9, -128, tabulate(8, noise), undefined],
    [5, -512, tabulate(10, noise), undefined],
  ] as const) {
    const table = Int32Array.from(T);
    const k = bitLength(T.length - 1);
    const { l } = tableSplit(T);
    activationHolds(
      { ...plain, form: "table", shift, lo, table },
      `RequantizeTable(${shift}, ${k}, ${l}, [${T.join(",")}], ${lo})`,
      prime,
    );
  }

  const slope = (k: number, a: number) => tabulate(k, (j) => Math.floor(a * (j - 2 ** k)));
  for (const [shift, k, T, prime] of [
    [2, 2, slope(2, 0.5), 257],
    [0, 3, slope(3, 0.25), 257],
    [1, 2, slope(2, -1), 257],
    [1, 3, slope(3, 0.75), 521],
    [0, 3, [2, 0, -1, 3, 0, 0, 1, 0], 521],
    [2, 2, [0, 0, 0, 0], 257],
    [9, 7, slope(7, 0.125), undefined],
    [9, 7, slope(7, 0.01), undefined],
    [12, 10, slope(10, 0.2), undefined],
  ] as const) {
    const { l } = tableSplit(T);
    activationHolds(
      { ...plain, form: "below", shift, table: Int32Array.from(T) },
      `RequantizeBelow(${shift}, ${k}, ${l}, [${T.join(",")}])`,
      prime,
    );
  }

  it("a leaky ReLU costs n + 1 for a slope of 1/8, and n + 6 for 0.01, at 8 bits", () => {
    const gentle = slope(7, 0.01).map((_, j) => Math.round(0.01 * (j - 128)));
    expect([slope(7, 0.125), gentle].map((T) => tableSplit(T).cost)).to.deep.equal([0, 5]);
  });

  const gelu = tabulate(7, (x) => Math.round(x / (1 + Math.exp((1.702 * x) / 16))));
  const silu = tabulate(7, (x) => Math.round(x / (1 + Math.exp(x / 24))));
  for (const [f, k, T, prime] of [
    [2, 2, [0, 0, 1, 0], 257],
    [0, 3, [2, 0, -1, 3, 0, 0, 1, 0], 257],
    [1, 1, [0, 0], 101],
    [9, 7, gelu, undefined],
    [12, 7, silu, undefined],
  ] as const) {
    const { l } = tableSplit(T);
    activationHolds(
      { ...plain, form: "even", shift: f, table: Int32Array.from(T) },
      `RequantizeEven(${f}, ${k}, ${l}, [${T.join(",")}])`,
      prime,
    );
  }

  it("GELU costs at most n + 11 and SiLU n + 18 at 8 bits", () => {
    expect(tableSplit(gelu).cost).to.be.at.most(11);
    expect(tableSplit(silu).cost).to.be.at.most(18);
  });

  const tanh = tabulate(7, (x) => Math.round(127 * Math.tanh((x + 0.5) / 32)));
  for (const [f, k, T, base, prime] of [
    [2, 2, [0, 1, 2, 2], 0, 257],
    [0, 3, [0, 0, 0, 0, 0, 0, 0, 1], 4, 257],
    [1, 2, [0, -1, 0, 3], 8, 257],
    [9, 7, tanh, 0, undefined],
    [12, 7, tanh, 128, undefined],
  ] as const) {
    const { l } = tableSplit(T);
    activationHolds(
      { ...plain, form: "odd", shift: f, base, table: Int32Array.from(T) },
      `RequantizeOdd(${f}, ${k}, ${l}, [${T.join(",")}], ${base})`,
      prime,
    );
  }

  /** [shift, piece bits, place bits, fraction bits, output bits, input at 1.0]: tanh of 8, 10 and 12 bits. */
  for (const [f, s, l, g, w, one, most, prime] of [
    [1, 1, 2, 2, 3, 4, undefined, 8191],
    [9, 3, 4, 9, 7, 32, 30, undefined],
    [9, 3, 6, 12, 9, 128, 39, undefined],
    [9, 4, 7, 16, 11, 512, 58, undefined],
  ] as const) {
    const real = (x: number) => (2 ** w - 2) * Math.tanh((x + 0.5) / one);
    const quadratics = fitQuadratics(real, s, l, g);
    const table = Int32Array.from(quadraticTable(quadratics, l, g, w));
    const valueOf = (form: "odd" | "even", x: number) => {
      const activation = { ...plain, form, shift: f, base: form === "odd" ? 5 : 0, table };
      return { out: activationAt(activation, activationIndex(activation, x)) };
    };
    const { A, B, C } = quadratics;
    const coefficients = [A, B, C].map((row) => `[${row.join(",")}]`).join(", ");
    const extra = 2 ** s - s - 1 + 2 + g + w;
    const k = s + l;
    itHolds({
      file: "library/quadratic",
      main: `RequantizeOddQuadratic(${f}, ${s}, ${l}, ${coefficients}, ${g}, ${w}, 5)`,
      nonlinear: f + k + 3 + extra,
      domain: { in: [-(2 ** (f + k)), 2 ** (f + k) - 1] },
      reference: (inputs) => valueOf("odd", inputs.in[0]),
      prime,
    });
    itHolds({
      file: "library/quadratic",
      main: `RequantizeEvenQuadratic(${f}, ${s}, ${l}, ${coefficients}, ${g}, ${w})`,
      nonlinear: f + k + 1 + extra,
      domain: { in: rounded(f, 1 - 2 ** k, 2 ** k - 1) },
      reference: (inputs) => valueOf("even", inputs.in[0]),
      prime,
    });
    if (most !== undefined)
      it(`tanh of ${k + 1} bits is within 1 of the table of entries, for n + ${2 + extra}`, () => {
        table.forEach((entry, x) => expect(Math.abs(entry - Math.round(real(x)))).to.be.at.most(1));
        expect(2 + extra).to.be.at.most(most);
      });
  }
});
