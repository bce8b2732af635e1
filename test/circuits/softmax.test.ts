import { expect } from "chai";
import { bitLength, exponential, sharesCost, softmax } from "../../src/program/arithmetic.js";
import { tableCost, tableSplit } from "../../src/program/tableCost.js";
import { exponentialProduct } from "../helpers/libraryReference.js";
import { compareExhaustively } from "../helpers/enumerate.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";
import { compileClaim, itHolds } from "./gadget.js";

const decay = (bits: number, step: number, scale: number) =>
  Array.from({ length: 2 ** bits }, (_, x) => Math.round(scale * Math.exp(-x * step)));
const list = (values: readonly number[]) => `[${values.join(",")}]`;

const INVERSE = "the inverse of 0 is asked for, and its product with 0 is the same whatever it is";

/** Two tables for b bits whose product is exp(-x step) on the scale 2^e, of which the lower takes m bits. */
function factors(b: number, m: number, step: number, e: number) {
  const high = decay(b - m, step * 2 ** m, 2 ** e);
  const low = decay(m, step, 2 ** e);
  return { high, low, g: e, width: bitLength(high[0] * low[0] + 2 ** (e - 1)) };
}

describe("circuits/exp", function () {
  for (const [b, c, T, prime] of [
    [2, 0, [3, 2, 1, 0], 101],
    [2, 1, [3, 2, 1, 1], 101],
    [1, 2, [3, 1], 101],
    [1, 4, [3, 1], 101],
    [8, 6, decay(8, 1 / 32, 255), undefined],
  ] as const) {
    const { l, cost } = tableSplit(T);
    itHolds({
      file: "library/exp",
      main: `Exp(${b}, ${c}, ${l}, ${list(T)})`,
      nonlinear: b + c + Math.min(c, 3) + cost,
      domain: { in: [0, 2 ** (b + c) - 1] },
      reference: (inputs) => ({ out: exponential(inputs.in[0], T) }),
      prime,
      free: (inputs): Record<string, string> =>
        c > 3 && inputs.in[0] < 2 ** b ? { "exp.keep.inverse": INVERSE } : {},
    });
  }

  for (const [b, m, c, step, e, prime] of [
    [3, 1, 1, 0.4, 2, 257],
    [4, 2, 0, 0.3, 3, 521],
    [10, 5, 3, 1 / 100, 10, undefined],
    [12, 6, 4, 1 / 400, 12, undefined],
  ] as const) {
    const { high, low, g, width } = factors(b, m, step, e);
    const [h, l] = [tableSplit(high), tableSplit(low)];
    itHolds({
      file: "library/exp",
      main: `ExpProduct(${b}, ${m}, ${c}, ${list(high)}, ${h.l}, ${list(low)}, ${l.l}, ${g})`,
      nonlinear: b + c + h.cost + l.cost + 1 + width + Math.min(c, 3),
      domain: { in: [0, 2 ** (b + c) - 1] },
      reference: (inputs) => ({ out: exponentialProduct(inputs.in[0], high, low, g) }),
      prime,
      free: (inputs): Record<string, string> =>
        c > 3 && inputs.in[0] < 2 ** b ? { "exp.keep.inverse": INVERSE } : {},
    });
  }
});

describe("circuits/softmax", function () {
  for (const [n, b, c, T, r, p, lo, prime] of [
    [2, 2, 0, [3, 2, 1, 0], 4, 2, -2, 8191],
    [2, 1, 1, [3, 1], 5, 2, -2, 8191],
    [3, 2, 0, [2, 1, 0, 0], 3, 1, 0, 16381],
    [3, 1, 0, [2, 1], 3, 2, 0, 16381],
    [8, 8, 0, decay(8, 1 / 32, 255), 20, 8, -128, undefined],
    [10, 8, 0, decay(8, 1 / 32, 255), 20, 8, -128, undefined],
    [8, 7, 4, decay(7, 1 / 16, 255), 20, 8, -1000, undefined],
    [17, 6, 2, decay(6, 1 / 10, 63), 17, 6, -100, undefined],
  ] as const) {
    const { l, cost } = tableSplit(T);
    itHolds({
      file: "softmax",
      main: `Softmax(${n}, ${b}, ${c}, ${l}, ${list(T)}, ${r}, ${p})`,
      nonlinear: n * (b + c + Math.min(c, 3) + cost) + n - 1 + sharesCost(n, T[0], r),
      domain: { in: [n, lo, lo + 2 ** (b + c) - 1] },
      reference: (inputs) => ({ out: softmax(inputs.in, (x) => exponential(x, T), r, p) }),
      prime,
      free: (inputs): Record<string, string> => {
        const most = Math.max(...inputs.in);
        const near = inputs.in.flatMap((x, i) => (c > 3 && most - x < 2 ** b ? [i] : []));
        return Object.fromEntries(near.map((i) => [`exp[${i}].keep.inverse`, INVERSE]));
      },
    });
  }

  for (const [n, b, m, c, step, e, r, p, prime] of [
    [2, 2, 1, 0, 0.5, 2, 5, 2, 8191],
    [8, 10, 5, 0, 1 / 100, 10, 24, 10, undefined],
  ] as const) {
    const { high, low, g, width } = factors(b, m, step, e);
    const [h, l] = [tableSplit(high), tableSplit(low)];
    const most = exponentialProduct(0, high, low, g);
    itHolds({
      file: "library/exp",
      main: `SoftmaxProduct(${n}, ${b}, ${m}, ${c}, ${list(high)}, ${h.l}, ${list(low)}, ${l.l}, ${g}, ${r}, ${p})`,
      nonlinear: n * (b + c + h.cost + l.cost + 1 + width) + n - 1 + sharesCost(n, most, r),
      domain: { in: [n, 0, 2 ** (b + c) - 1] },
      reference: (inputs) => ({
        out: softmax(inputs.in, (x) => exponentialProduct(x, high, low, g), r, p),
      }),
      prime,
    });
  }

  it("a row of 8 costs 476 and a row of 10 costs 588 at 8 bits", () => {
    const each = 8 + tableSplit(decay(8, 1 / 32, 255)).cost;
    expect([8, 10].map((n) => n * each + n - 1 + sharesCost(n, 255, 20))).to.deep.equal([476, 588]);
  });

  it("certainty is 1.0, and equals share equally", () => {
    const exp = (x: number) => exponential(x, decay(8, 1 / 8, 255));
    expect(softmax([0, 255, 0, 0], exp, 20, 8)).to.deep.equal([0, 256, 0, 0]);
    expect(softmax([7, 7, 7, 7], exp, 20, 8)).to.deep.equal([64, 64, 64, 64]);
  });

  for (const [causal, lengths] of [
    [0, [3, 3, 3]],
    [1, [1, 2, 3]],
  ] as const)
    it(`rows of ${lengths.join(", ")}: ${causal ? "a causal mask is shorter rows" : "no mask"}`, async () => {
      const T = decay(3, 0.6, 15);
      const { l } = tableSplit(T);
      const gadget = await compileClaim({
        file: "library/attention",
        main: `SoftmaxRows(3, 3, ${causal}, 3, 0, ${l}, ${list(T)}, 10, 4)`,
      });
      const costs = lengths.map((n) =>
        n === 1 ? 0 : n * (3 + tableCost(T, l).cost) + n - 1 + sharesCost(n, 15, 10),
      );
      expect(gadget.constraints.nonlinear).to.equal(costs.reduce((sum, cost) => sum + cost));
      const logits = [
        [3, 7, 2],
        [-1, 4, 6],
        [5, 5, 0],
      ];
      const out = logits.map((row, i) => {
        const seen = softmax(row.slice(0, lengths[i]), (x) => exponential(x, T), 10, 4);
        return [...seen, ...new Array<number>(3 - seen.length).fill(0)];
      });
      const unread = logits.flatMap((row, i) =>
        row.flatMap((_, j) =>
          j < lengths[i] && lengths[i] > 1 ? [] : [[`in[${i}][${j}]`, "it is masked"] as const],
        ),
      );
      honest(gadget, { in: logits }, { out });
      expect(mutateEveryWire(gadget, { in: logits }, { free: Object.fromEntries(unread) })).to.deep.equal([]);
    });

  it("causal rows are their reference on every witness of small widths", async () => {
    const T = [3, 2, 1, 0];
    const gadget = await compileClaim({
      file: "library/attention",
      main: `SoftmaxRows(2, 2, 1, 2, 0, 0, ${list(T)}, 4, 2)`,
    });
    // The masked element is read by nothing, whatever it is.
    const names = ["in[0][0]", "in[0][1]", "in[1][0]", "in[1][1]"];
    const problems = compareExhaustively(gadget, {
      prime: 8191,
      domain: Object.fromEntries(
        names.map((name, i) => [name, i === 1 ? ([5, 6] as const) : ([-2, 1] as const)]),
      ),
      reference: (inputs) => {
        const seen = softmax([inputs["in[1][0]"], inputs["in[1][1]"]], (x) => exponential(x, T), 4, 2);
        const [whole] = softmax([inputs["in[0][0]"]], (x) => exponential(x, T), 4, 2);
        return { "out[0][0]": whole, "out[0][1]": 0, "out[1][0]": seen[0], "out[1][1]": seen[1] };
      },
    });
    expect(problems).to.deep.equal([]);
  });

  it("a row wider than its bits has no witness", async () => {
    const gadget = await compileClaim({ file: "softmax", main: "Softmax(2, 2, 0, 1, [3,2,1,0], 4, 2)" });
    const problems = compareExhaustively(gadget, {
      prime: 8191,
      domain: { "in[0]": [0, 0], "in[1]": [4, 12] },
      reference: () => undefined,
    });
    expect(problems).to.deep.equal([]);
  });
});
