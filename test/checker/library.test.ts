import { expect } from "chai";
import fc from "fast-check";
import { templateParameters } from "../../src/checker/arguments.js";
import { RULES } from "../../src/checker/rules/index.js";
import { blocksOf } from "../../src/checker/rules/matmul.js";
import { matMulSlots } from "../../src/program/arithmetic.js";
import { LIBRARY } from "./texts.js";

/** What circom asserts of the templates in a generated circuit: each of these is in a rule of the checker. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  ArgMax: ["count >= 2 && differenceBits >= 1 && differenceBits <= 200"],
  BelowMaximum: ["count >= 2 && differenceBits >= 1 && differenceBits <= 200"],
  BinaryEmbedding: [
    "rows >= 2 && columns >= 1 && entryBits >= 1 && entryBits <= 64 && monomialBits >= 1 && monomialBits <= t",
  ],
  CheckInterval: [
    "width >= 1 && width <= 32 && most > least",
    "most - least < 1 << width && most - least >= 1 << (width - 1)",
  ],
  CommitAndEvaluate: ["first >= 0 && first < count"],
  DivideByConstant: ["divisor >= 2 && resultBits >= 0", "t + resultBits <= 200"],
  Encrypt: ["count >= 1"],
  EvaluateWords: ["count >= 1"],
  FloorDivide: ["quotientBits >= 1 && divisorBits >= 1 && quotientBits + divisorBits <= 250"],
  FlooredMagnitude: ["shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200"],
  InverseSquareRoot: [
    "least >= 1 && most >= least && numerator >= 1",
    "bitsOf(numerator) + bitsOf(most) <= 248",
    "2 * n + bitsOf(most) <= 250 && w <= 250",
  ],
  KeepIfZero: ["count >= 0 && count <= 200"],
  LayerNorm: ["count >= 2 && most >= least && meanBits >= 0"],
  MatMulBlock: [
    "rows >= 1 && inner >= 1 && columns >= 1 && shift >= 0 && S >= 1",
    "rows * columns * S <= 253",
  ],
  MatMulInSlots: [
    "rows >= 1 && columns >= 1 && blockRows >= 1 && blockColumns >= 1",
    "causal == 0 || rows <= columns",
  ],
  MaxOf: ["count >= 2", "differenceBits[i] >= 1 && differenceBits[i] <= 200"],
  OneHot: ["values >= 2"],
  Pack: ["count >= 1 && width >= 1 && width <= 248"],
  PackChecked: ["count >= 1"],
  PackWord: ["count >= 1 && width >= 1 && count * width <= 248"],
  PoseidonChain: ["count >= 1"],
  PoseidonPermutation: ["stateSize >= 2 && stateSize <= 17 && known >= 1 && known < stateSize"],
  Reciprocal: ["exponent >= 0 && exponent <= 250"],
  Requantize: ["shift >= 1 && resultBits >= 0 && shift + resultBits <= 200"],
  RequantizeBelow: ["shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200"],
  RequantizeClamp: ["shift >= 0 && keptBits >= 1 && excessBits >= 1 && shift + keptBits + excessBits <= 200"],
  RequantizeReLU: ["shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200"],
  RequantizeTable: ["shift >= 0 && indexBits >= 1 && shift + indexBits <= 200"],
  RoundedMagnitude: ["shift >= 0 && magnitudeBits >= 1 && shift + magnitudeBits <= 200"],
  ScaleRow: [
    "count >= 1 && meanBits >= 0 && epsilon >= 1 && droppedBits >= 1 && rootBits > droppedBits && rootBits <= 60",
    "count * bound * bound + epsilon < 1 << 120",
  ],
  SecretLinear: ["perWord >= 1"],
  SecretSums: ["taps >= 0 && channels >= 1 && slotBits >= 2 && channels * slotBits <= 253"],
  Shares: [
    "count >= 2 && most >= 1 && fractionBits >= 1 && exponent > fractionBits && exponent + 1 <= 253",
    "(1 << exponent) >= most",
  ],
  Softmax: ["count >= 1", "table[i] <= table[0]"],
  TableOfBits: ["indexBits >= 1 && indexBits <= 16 && monomialBits >= 0 && monomialBits <= indexBits"],
  TopK: ["count >= 2 && kept >= 1 && kept <= count && differenceBits >= 1", "D <= 200"],
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
      "Encrypt",
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
