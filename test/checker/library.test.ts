import { expect } from "chai";
import fc from "fast-check";
import { templateParameters } from "../../src/checker/arguments.js";
import { RULES } from "../../src/checker/rules/index.js";
import { blocksOf } from "../../src/checker/rules/matmul.js";
import { matMulSlots } from "../../src/program/arithmetic.js";
import { LIBRARY } from "./texts.js";

/** What circom asserts of the templates in a generated circuit: each of these is in a rule of the checker. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  ArgMax: ["w >= 2 && d >= 1 && d <= 200"],
  BelowMaximum: ["n >= 2 && w >= 1 && w <= 200"],
  BinaryEmbedding: ["V >= 2 && d >= 1 && b >= 1 && b <= 64 && l >= 1 && l <= t"],
  CommitAndEvaluate: ["first >= 0 && first < n"],
  DivideByConstant: ["D >= 2 && w >= 0", "t + w <= 200"],
  EvaluateWords: ["n >= 1"],
  FloorDivide: ["nq >= 1 && nb >= 1 && nq + nb <= 250"],
  FlooredMagnitude: ["f >= 0 && k >= 1 && f + k <= 200"],
  InverseSquareRoot: [
    "lo >= 1 && hi >= lo && C >= 1",
    "bitsOf(C) + bitsOf(hi) <= 248",
    "2 * n + bitsOf(hi) <= 250 && w <= 250",
  ],
  KeepIfZero: ["c >= 0 && c <= 200"],
  LayerNorm: ["n >= 2 && hi >= lo && u >= 0"],
  MatMulInSlots: [
    "n >= 1 && d >= 1 && m >= 1 && f >= 0 && S >= 1",
    "gr >= 1 && gc >= 1 && gr * gc * S <= 253",
    "causal == 0 || n <= m",
  ],
  MaxOf: ["w >= 2", "d[i] >= 1 && d[i] <= 200"],
  OneHot: ["V >= 2"],
  Pack: ["n >= 1 && b >= 1 && b <= 248"],
  PackChecked: ["n >= 1 && b >= 1 && b <= 32 && hi > lo", "hi - lo < 1 << b && hi - lo >= 1 << (b - 1)"],
  PoseidonChain: ["n >= 1"],
  PoseidonPermutation: ["t >= 2 && t <= 17 && known >= 1 && known < t"],
  Reciprocal: ["r >= 0 && r <= 250"],
  Requantize: ["f >= 1 && w >= 0 && f + w <= 200"],
  RequantizeBelow: ["f >= 0 && k >= 1 && f + k <= 200"],
  RequantizeClamp: ["f >= 0 && c >= 1 && m >= 1 && f + c + m <= 200"],
  RequantizeReLU: ["f >= 0 && k >= 1 && f + k <= 200"],
  RequantizeTable: ["f >= 0 && w >= 1 && f + w <= 200"],
  RoundedMagnitude: ["f >= 0 && k >= 1 && f + k <= 200"],
  ScaleRow: ["n >= 1 && u >= 0 && E >= 1 && g >= 1 && t > g && t <= 60", "n * top * top + E < 1 << 120"],
  SecretLinear: ["S >= 2 && gc >= 1 && gc * S <= 253"],
  Shares: ["n >= 2 && most >= 1 && p >= 1 && r > p && r + 1 <= 253", "(1 << r) >= most"],
  Softmax: ["n >= 1", "T[i] <= T[0]"],
  TableOfBits: ["b >= 1 && b <= 16 && l >= 0 && l <= b"],
  TopK: ["n >= 2 && k >= 1 && k <= n && d >= 1", "D <= 200"],
};

/** The templates of the library, each with its text. */
const TEMPLATES = new Map(
  LIBRARY.split(/^(?=template )/m).flatMap((text) => {
    const name = /^template (\w+)/.exec(text)?.[1];
    return name === undefined ? [] : [[name, text] as const];
  }),
);

/** The templates that these ones are made of, and themselves. */
function reached(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const text = TEMPLATES.get(name);
    if (text === undefined || seen.has(name)) return;
    seen.add(name);
    for (const [, inner] of text.matchAll(/= (\w+)\(/g)) visit(inner);
  };
  names.forEach(visit);
  return [...seen].sort();
}

describe("the circuit library, as the checker knows it", () => {
  it("asserts what the checker's rules check: a rule goes with an assertion", () => {
    const found = reached([
      ...RULES.keys(),
      "PackChecked",
      "Pack",
      "Bind",
      "Commit",
      "CommitAndEvaluate",
    ]).flatMap((name) => {
      const asserted = [...TEMPLATES.get(name)!.matchAll(/^\s*(?:for \(.*\) )?assert\((.*)\);/gm)].map(
        ([, text]) => text,
      );
      return asserted.length === 0 ? [] : [[name, asserted] as const];
    });
    expect(Object.fromEntries(found)).to.deep.equal(KNOWN);
  });

  it("has every template that the checker has a rule for", () => {
    const templates = templateParameters(LIBRARY);
    for (const name of RULES.keys()) expect(templates.has(name), name).to.equal(true);
  });

  it("cuts a matrix product in the blocks that the emitter counts", () => {
    const size = fc.integer({ min: 1, max: 24 });
    const shapes = fc.record({
      n: size,
      d: size,
      m: size,
      S: fc.integer({ min: 1, max: 130 }),
      causal: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, (shape) => {
        fc.pre(!shape.causal || shape.n <= shape.m);
        const { rows, columns } = blocksOf(shape);
        const { gr, gc } = matMulSlots(shape, shape.S);
        expect({ rows, columns }).to.deep.equal({ rows: gr, columns: gc });
      }),
      { numRuns: 500 },
    );
  });
});
