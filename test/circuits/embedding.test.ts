import { expect } from "chai";
import { embeddingChoice } from "../../src/program/arithmetic.js";
import { compareExhaustively } from "../helpers/enumerate.js";
import { witnessOf } from "../helpers/gadget.js";
import { compileClaim, itHolds } from "./gadget.js";

const entry = (row: number, k: number, b: number, lo: number) =>
  lo + ((Math.imul(row * 31 + k + 5, 2654435761) >>> 9) % 2 ** b);
const tableOf = (V: number, d: number, b: number, lo: number) =>
  Array.from({ length: V }, (_, row) => Array.from({ length: d }, (_, k) => entry(row, k, b, lo)));
const print = (T: readonly (readonly number[])[]) => `[${T.map((row) => `[${row.join(",")}]`).join(",")}]`;

describe("circuits/embedding", function () {
  for (const [V, d, b, lo, prime] of [
    [2, 2, 3, -4, 101],
    [5, 3, 3, -4, 101],
    [100, 16, 8, -128, undefined],
  ] as const) {
    const T = tableOf(V, d, b, lo);
    itHolds({
      file: "embedding",
      main: `Embedding(${V}, ${d}, ${print(T)})`,
      nonlinear: V,
      domain: { in: [0, V - 1] },
      reference: (inputs) => ({ out: T[inputs.in[0]] }),
      prime,
    });
  }

  for (const [V, d, b, lo, l, packed, prime] of [
    [2, 2, 2, 0, 1, 0, 101],
    [5, 2, 2, -1, 2, 1, 257],
    [6, 3, 3, -4, 2, 0, 101],
    [6, 3, 3, -4, 1, 1, 4093],
    [8, 2, 3, 0, 3, 1, 257],
    [13, 2, 3, 0, 2, 1, 257],
    [300, 40, 8, -128, 5, 1, undefined],
    [100, 10, 8, -128, 6, 0, undefined],
  ] as const) {
    const T = tableOf(V, d, b, lo);
    const t = Math.ceil(Math.log2(V));
    const words = packed ? Math.ceil(d / Math.floor(253 / b)) : d;
    itHolds({
      file: "embedding",
      main: `BinaryEmbedding(${V}, ${d}, ${b}, ${lo}, ${l}, ${packed}, ${print(T)})`,
      nonlinear: t + (2 ** l - l - 1) + words * (2 ** (t - l) - 1) + (packed ? d * b : 0),
      domain: { in: [0, V - 1] },
      reference: (inputs) => ({ out: T[inputs.in[0]] }),
      prime,
      free: (inputs): Record<string, string> =>
        V === 5 && inputs.in[0] === 1 ? { "hint[2]": "two bits of weight 1 spell one index" } : {},
    });
  }

  it("an index out of range has no witness", async () => {
    const T = print(tableOf(6, 2, 2, 0));
    for (const main of [
      `Embedding(6, 2, ${T})`,
      `BinaryEmbedding(6, 2, 2, 0, 2, 0, ${T})`,
      `BinaryEmbedding(6, 2, 2, 0, 1, 1, ${T})`,
    ]) {
      const gadget = await compileClaim({ file: "embedding", main });
      for (const range of [
        [6, 50],
        [-50, -1],
      ] as const)
        expect(
          compareExhaustively(gadget, { prime: 101, domain: { in: range }, reference: () => undefined }),
        ).to.deep.equal([]);
      expect(() => witnessOf(gadget, { in: 6 })).to.throw();
    }
  });

  it("a vocabulary of 50,000 by 64 entries of 8 bits costs 1,411", () => {
    expect(embeddingChoice(50_000, 64, 8)).to.deep.equal({
      template: "BinaryEmbedding",
      l: 9,
      packed: true,
      cost: 1411,
    });
    expect(embeddingChoice(1000, 64, 8).cost).to.equal(449);
    expect(embeddingChoice(20, 64, 8)).to.deep.equal({ template: "Embedding", cost: 20 });
  });
});
