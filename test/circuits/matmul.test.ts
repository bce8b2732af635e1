import { expect } from "chai";
import {
  exponential,
  matMulCost,
  matMulSlots,
  sharesCost,
  shiftRound,
  softmax,
} from "../../src/program/arithmetic.js";
import { tableSplit } from "../../src/program/tableCost.js";
import { matMul } from "../helpers/libraryReference.js";
import { compareExhaustively } from "../helpers/enumerate.js";
import { randomNumbers } from "../helpers/models.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";
import { compileClaim, itHolds } from "./gadget.js";

const random = randomNumbers(5);
const integer = (lo: number, hi: number) => lo + Math.floor(((random() + 1) / 2) * (hi - lo + 1));
const matrix = (n: number, m: number, lo: number, hi: number) =>
  Array.from({ length: n }, () => Array.from({ length: m }, () => integer(lo, hi)));
const transposed = (a: number[][]) => a[0].map((_, j) => a.map((row) => row[j]));
const rows = (flat: number[], m: number) =>
  Array.from({ length: flat.length / m }, (_, i) => flat.slice(i * m, (i + 1) * m));

describe("circuits/matmul", function () {
  for (const [n, d, m, diagonal, f, w, lo, range, prime] of [
    [1, 1, 1, 0, 0, 4, -8, [-2, 2], 257],
    [1, 2, 2, 1, 1, 2, -1, [-1, 1], 4093],
    [2, 1, 2, 1, 1, 2, -1, [-1, 1], 16381],
    [2, 1, 2, 0, 1, 2, -1, [-1, 1], 16381],
    [2, 2, 1, -1, 1, 2, -1, [-1, 1], 257],
    [3, 5, 2, -1, 6, 9, -256, [-40, 40], undefined],
    [2, 4, 4, 1, 6, 9, -256, [-40, 40], undefined],
  ] as const)
    itHolds({
      file: "matmul",
      main: `MatMulBlock(${n}, ${d}, ${m}, ${diagonal}, ${f}, ${w}, ${lo})`,
      nonlinear: d + n * m * (f + w),
      domain: { a: [n * d, ...range], b: [d * m, ...range] },
      reference: ({ a, b }) => ({
        out: matMul(a, b, { n, d, m }, f).map((q, at) => (at % m <= Math.floor(at / m) + diagonal ? q : 0)),
      }),
      prime,
    });

  for (const [n, d, m, causal, f, w, lo, gr, gc, range, prime] of [
    [1, 1, 1, 0, 0, 4, -8, 1, 1, [-2, 2], 257],
    [2, 1, 2, 0, 1, 3, -2, 1, 2, [-1, 2], 1021],
    [2, 1, 2, 0, 1, 2, -1, 2, 2, [-1, 1], 16381],
    [1, 2, 3, 0, 1, 2, -1, 1, 3, [-1, 1], 4093],
    [2, 2, 2, 0, 1, 2, -1, 2, 1, [-1, 1], 257],
    [2, 2, 2, 1, 0, 3, -2, 2, 1, [-1, 1], 257],
    [2, 2, 2, 1, 1, 2, -1, 1, 2, [-1, 1], 257],
    [5, 7, 4, 0, 6, 9, -256, 3, 2, [-40, 40], undefined],
    [4, 3, 6, 1, 6, 9, -256, 2, 5, [-40, 40], undefined],
    [4, 6, 4, 1, 6, 9, -256, 1, 4, [-40, 40], undefined],
  ] as const)
    itHolds({
      file: "matmul",
      main: `MatMulInSlots(${n}, ${d}, ${m}, ${causal}, ${f}, ${w}, ${lo}, ${gr}, ${gc})`,
      nonlinear: matMulCost({ n, d, m, causal: causal === 1 }, f + w, gr, gc),
      domain: { a: [n * d, ...range], b: [d * m, ...range] },
      reference: ({ a, b }) => ({ out: matMul(a, b, { n, d, m, causal: causal === 1 }, f) }),
      prime,
    });

  for (const [n, d, m, f, w, products] of [
    [8, 16, 8, 13, 8, 96],
    [3, 8, 5, 9, 9, 16],
    [1, 12, 16, 10, 10, 24],
  ] as const) {
    const best = matMulSlots({ n, d, m }, f + w);
    it(`${n} x ${d} x ${m} takes ${products} products`, () => {
      expect(best.cost - n * m * (f + w)).to.equal(products);
    });
    itHolds({
      file: "matmul",
      main: `MatMul(${n}, ${d}, ${m}, 0, ${f}, ${w}, ${-(2 ** (w - 1))})`,
      nonlinear: best.cost,
      domain: { a: [n * d, -100, 100], b: [d * m, -100, 100] },
      reference: ({ a, b }) => ({ out: matMul(a, b, { n, d, m }, f) }),
    });
  }

  it("a causal product costs about half", () => {
    const shape = { n: 16, d: 8, m: 16 };
    const full = matMulSlots(shape, 20).cost;
    expect(matMulSlots({ ...shape, causal: true }, 20).cost).to.be.below(0.6 * full);
  });

  it("batches multiply each their own", async () => {
    const gadget = await compileClaim({
      file: "library/attention",
      main: "BatchedMatMul(2, 2, 3, 2, 4, 9, -256)",
    });
    expect(gadget.constraints.nonlinear).to.equal(2 * matMulSlots({ n: 2, d: 3, m: 2 }, 13).cost);
    const [a, b] = [
      [matrix(2, 3, -30, 30), matrix(2, 3, -30, 30)],
      [matrix(3, 2, -30, 30), matrix(3, 2, -30, 30)],
    ];
    const out = a.map((x, k) => rows(matMul(x.flat(), b[k].flat(), { n: 2, d: 3, m: 2 }, 4), 2));
    honest(gadget, { a, b }, { out });
    expect(mutateEveryWire(gadget, { a, b })).to.deep.equal([]);
  });

  it("a batched linear layer costs its requantization", async () => {
    const weight = matrix(3, 4, -20, 20);
    const bias = [5, -7, 100];
    const list = (values: readonly number[]) => `[${values.join(",")}]`;
    const gadget = await compileClaim({
      file: "library/attention",
      main: `BatchedLinear(2, 2, 4, 3, [${weight.map(list).join(",")}], ${list(bias)}, 5, 8, -128)`,
    });
    expect(gadget.constraints.nonlinear).to.equal(2 * 2 * 3 * (5 + 8));
    const input = [matrix(2, 4, -40, 40), matrix(2, 4, -40, 40)];
    const out = input.map((batch) =>
      batch.map((row) =>
        weight.map((w, j) =>
          shiftRound(
            row.reduce((sum, x, t) => sum + w[t] * x, bias[j]),
            5,
          ),
        ),
      ),
    );
    honest(gadget, { in: input }, { out });
    expect(mutateEveryWire(gadget, { in: input })).to.deep.equal([]);
  });
});

describe("circuits/matmul: batches on every witness of small widths", function () {
  it("of products", async () => {
    const gadget = await compileClaim({
      file: "library/attention",
      main: "BatchedMatMul(2, 1, 1, 2, 1, 2, -1)",
    });
    const names = ["a[0][0][0]", "a[1][0][0]", "b[0][0][0]", "b[0][0][1]", "b[1][0][0]", "b[1][0][1]"];
    const problems = compareExhaustively(gadget, {
      prime: 4093,
      domain: Object.fromEntries(names.map((name) => [name, [-1, 1] as const])),
      reference: (inputs) => {
        const [a0, a1, b00, b01, b10, b11] = names.map((name) => inputs[name]);
        const out = [
          matMul([a0], [b00, b01], { n: 1, d: 1, m: 2 }, 1),
          matMul([a1], [b10, b11], { n: 1, d: 1, m: 2 }, 1),
        ];
        return Object.fromEntries(
          out.flatMap((row, k) => row.map((value, j) => [`out[${k}][0][${j}]`, value] as const)),
        );
      },
    });
    expect(problems).to.deep.equal([]);
  });

  it("of rows through a linear layer", async () => {
    const gadget = await compileClaim({
      file: "library/attention",
      main: "BatchedLinear(2, 1, 2, 1, [[2,-3]], [1], 1, 4, -8)",
    });
    const names = ["in[0][0][0]", "in[0][0][1]", "in[1][0][0]", "in[1][0][1]"];
    const problems = compareExhaustively(gadget, {
      prime: 257,
      domain: Object.fromEntries(names.map((name) => [name, [-2, 2] as const])),
      reference: (inputs) => {
        const [a, b, c, d] = names.map((name) => inputs[name]);
        return {
          "out[0][0][0]": shiftRound(1 + 2 * a - 3 * b, 1),
          "out[1][0][0]": shiftRound(1 + 2 * c - 3 * d, 1),
        };
      },
    });
    expect(problems).to.deep.equal([]);
  });
});

describe("circuits/matmul: attention", function () {
  const T = Array.from({ length: 64 }, (_, x) => Math.round(63 * Math.exp(-x / 10)));
  const { l, cost } = tableSplit(T);
  const [fs, ws, r, p, fv, wv] = [5, 6, 17, 7, 7, 7] as const;

  for (const [n, m, d, e, causal] of [
    [3, 3, 4, 4, false],
    [3, 3, 4, 4, true],
    [2, 4, 3, 5, false],
  ] as const) {
    const lengths = Array.from({ length: n }, (_, i) => (causal ? i + 1 + m - n : m));
    it(`softmax(q k^T) v, ${n} x ${d} on ${m} rows${causal ? ", causal" : ""}`, async () => {
      const gadget = await compileClaim({
        file: "library/attention",
        main: `Attention(${n}, ${m}, ${d}, ${e}, ${causal ? 1 : 0}, ${fs}, ${ws}, -32, 6, 0, ${l}, [${T.join(",")}], ${r}, ${p}, ${fv}, ${wv}, -64)`,
      });
      const [q, k, v] = [matrix(n, d, -14, 14), matrix(m, d, -14, 14), matrix(m, e, -60, 60)];
      const scores = matMul(q.flat(), transposed(k).flat(), { n, d, m, causal }, fs);
      const shares = rows(scores, m).map((row, i) => [
        ...softmax(row.slice(0, lengths[i]), (x) => exponential(x, T), r, p),
        ...new Array<number>(m - lengths[i]).fill(0),
      ]);
      honest(gadget, { q, k, v }, { out: rows(matMul(shares.flat(), v.flat(), { n, d: m, m: e }, fv), e) });
      const softmaxes = lengths.map((x) => (x === 1 ? 0 : x * (6 + cost) + x - 1 + sharesCost(x, 63, r)));
      const most =
        matMulSlots({ n, d, m, causal }, fs + ws).cost +
        softmaxes.reduce((sum, x) => sum + x) +
        matMulSlots({ n, d: m, m: e }, fv + wv).cost;
      if (causal) expect(gadget.constraints.nonlinear).to.be.at.most(most);
      else expect(gadget.constraints.nonlinear).to.equal(most);
      expect(mutateEveryWire(gadget, { q, k, v })).to.deep.equal([]);
    });
  }

  it("is its reference on every witness of small widths", async () => {
    const table = [3, 2, 1, 1];
    const gadget = await compileClaim({
      file: "library/attention",
      main: `Attention(1, 2, 1, 1, 0, 0, 2, -1, 2, 0, 1, [${table.join(",")}], 4, 2, 1, 4, -4)`,
    });
    const names = ["q[0][0]", "k[0][0]", "k[1][0]", "v[0][0]", "v[1][0]"];
    const problems = compareExhaustively(gadget, {
      prime: 8191,
      domain: Object.fromEntries(names.map((name) => [name, [-1, 1] as const])),
      reference: (inputs) => {
        const [q, k0, k1, v0, v1] = names.map((name) => inputs[name]);
        const share = softmax([q * k0, q * k1], (x) => exponential(x, table), 4, 2);
        return { "out[0][0]": matMul(share, [v0, v1], { n: 1, d: 2, m: 1 }, 1)[0] };
      },
    });
    expect(problems).to.deep.equal([]);
  });
});
