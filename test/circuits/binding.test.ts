import { expect } from "chai";
import fc from "fast-check";
import { FIELD_ORDER } from "../../src/circom/field.js";
import { encryptOutputWords, packWords, poseidonChain } from "../../src/client/commitment.js";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { compareExhaustively } from "../helpers/enumerate.js";
import { compileGadget, type Gadget } from "../helpers/gadget.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";
import { compileClaim, itHolds } from "./gadget.js";

const DOMAIN = 12345n;

describe("circuits/binding: evaluation of committed words", function () {
  for (const n of [1, 15]) {
    it(`CommitAndEvaluate(${n}) costs ${n} more than the commitment, and both are the client's`, async () => {
      const gadget = await compileClaim({ file: "binding", main: `CommitAndEvaluate(${n}, 0, ${DOMAIN})` });
      const commit = await compileClaim({ file: "binding", main: `Commit(${n}, ${DOMAIN})` });
      expect(gadget.constraints.nonlinear).to.equal(commit.constraints.nonlinear + n);
      expect(gadget.constraints.linear).to.equal(commit.constraints.linear);
      const element = fc.oneof(fc.bigInt(0n, FIELD_ORDER - 1n), fc.constantFrom(0n, 1n, FIELD_ORDER - 1n));
      const arbitrary = fc.record({
        words: fc.array(element, { minLength: n, maxLength: n }),
        salt: element,
        challenge: element,
      });
      const check = ({ words, salt, challenge }: { words: bigint[]; salt: bigint; challenge: bigint }) => {
        honest(
          gadget,
          { words, salt, challenge },
          {
            commitment: poseidonChain([DOMAIN, salt, ...words]),
            evaluation: evaluateWords(words, challenge),
          },
        );
      };
      fc.assert(fc.property(arbitrary, check), { numRuns: 20 });
      const [input] = fc.sample(arbitrary, 1);
      expect(mutateEveryWire(gadget, { ...input })).to.deep.equal([]);
    });
  }

  // Poseidon's constants mean nothing over a small prime: the polynomial alone is enumerated.
  for (const n of [1, 2, 3])
    itHolds({
      file: "binding",
      main: `EvaluateWords(${n})`,
      nonlinear: n,
      linear: 0,
      domain: { words: [n, 0, 3], challenge: [-3, 3] },
      reference: ({ words, challenge: [x] }) => ({
        evaluation: words.reduceRight((above, word) => (above + word) * x, 0),
      }),
      prime: 257,
    });
});

describe("circuits/binding: encryption of words", function () {
  for (const n of [1, 3])
    it(`Encrypt(${n}) costs 255 a word, is the client's, and nothing else`, async () => {
      const gadget = await compileClaim({ file: "binding", main: `Encrypt(${n}, ${DOMAIN + (3n << 248n)})` });
      expect(gadget.constraints).to.deep.equal({ nonlinear: 255 * n, linear: 2 * n });
      const element = fc.oneof(fc.bigInt(0n, FIELD_ORDER - 1n), fc.constantFrom(0n, 1n, FIELD_ORDER - 1n));
      const arbitrary = fc.record({
        words: fc.array(element, { minLength: n, maxLength: n }),
        salt: element,
      });
      const check = ({ words, salt }: { words: bigint[]; salt: bigint }) => {
        honest(gadget, { words, salt }, { out: encryptOutputWords(DOMAIN, salt, words) });
      };
      fc.assert(fc.property(arbitrary, check), { numRuns: 20 });
      const [input] = fc.sample(arbitrary, 1);
      expect(mutateEveryWire(gadget, { ...input })).to.deep.equal([]);
    });
});

describe("circuits/binding: the range check of inputs", function () {
  for (const [lo, hi, b] of [
    [0, 1, 1],
    [0, 2, 2],
    [-4, 3, 3],
    [0, 4, 3],
    [-3, 2, 3],
    [5, 17, 4],
    [0, 32, 6],
  ] as const)
    itHolds({
      file: "binding",
      main: `PackChecked(2, ${b}, ${lo}, ${hi})`,
      nonlinear: 2 * b,
      linear: 1,
      domain: { in: [2, lo, hi] },
      reference: ({ in: [x, y] }) => ({ out: [x - lo + (y - lo) * 2 ** b] }),
      prime: 8191,
      // The last weight can be 1, as the first is: then an odd number has two spellings that differ by two bits.
      free: ({ in: values }) =>
        Object.fromEntries(
          values.flatMap((x, i) =>
            hi - lo === 2 ** (b - 1) && (x - lo) % 2 === 1 && x - lo < 2 ** (b - 1)
              ? [[`held[${i}].bit[${b - 1}]`, "two bits of weight 1 spell one value"]]
              : [],
          ),
        ),
    });

  it("has no witness for any field element beside the interval", async () => {
    for (const [lo, hi, b] of [
      [0, 1, 1],
      [0, 4, 3],
      [-3, 2, 3],
      [0, 16, 5],
      [5, 17, 4],
    ] as const) {
      const gadget = await compileClaim({ file: "binding", main: `PackChecked(2, ${b}, ${lo}, ${hi})` });
      const inside = (x: number) => x >= lo && x <= hi;
      const problems = compareExhaustively(gadget, {
        prime: 4093,
        domain: { "in[0]": [-50, 50], "in[1]": [lo, lo + 1] },
        reference: ({ "in[0]": x, "in[1]": y }) =>
          inside(x) ? { "out[0]": x - lo + (y - lo) * 2 ** b } : undefined,
      });
      expect(problems).to.deep.equal([]);
    }
  });
});

describe("an evaluated input", function () {
  const packing = { count: 62, width: 8, offset: -128, perWord: 31, words: 2 };
  const x = Array.from({ length: 62 }, (_, i) => ((i * 37) % 256) - 128);
  const words = packWords(x, packing);
  let gadget: Gadget;

  before(async () => {
    gadget = await compileGadget(
      "evaluated_input",
      `pragma circom 2.1.6;
include "torch2circom/circuits/binding.circom";
template Main() {
    signal input x[62];
    signal input salt;
    signal input challenge;
    signal output commitment;
    signal output evaluation;
    component pack = PackChecked(62, 8, -128, 127);
    pack.in <== x;
    component commit = CommitAndEvaluate(2, 0, ${DOMAIN});
    commit.words <== pack.out;
    commit.salt <== salt;
    commit.challenge <== challenge;
    commitment <== commit.commitment;
    evaluation <== commit.evaluation;
}
component main = Main();
`,
    );
  });

  /** Other words of the domain with the same polynomial at a point that does not depend on them. */
  function collide(point: bigint): bigint[] {
    for (let step = 1n; ; step++) {
      // (words[0] + d) x + (words[1] + e) x^2 is the same where d = -e x.
      const second = words[1] + step;
      const first = (((words[0] - step * point) % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER;
      if (first >> 248n === 0n && second >> 248n === 0n) return [first, second];
    }
  }

  const integersOf = (packed: readonly bigint[]): number[] =>
    Array.from(
      { length: 62 },
      (_, i) => Number((packed[Math.floor(i / 31)] >> BigInt(8 * (i % 31))) & 255n) - 128,
    );

  it("is forged where the point depends on the words alone: another input has the same evaluation", () => {
    const point = inputChallenge(0n, words);
    const forged = integersOf(collide(point));
    expect(forged).not.to.deep.equal(x);
    // A real witness of the other input. A contract that hashed its point from x alone would take it for one of x.
    honest(gadget, { x: forged, salt: 7n, challenge: point }, { evaluation: evaluateWords(words, point) });
  });

  it("is not where the commitment comes first: the other input's own commitment moves the point", () => {
    const salt = 7n;
    const commitmentOf = (packed: readonly bigint[]) => poseidonChain([DOMAIN, salt, ...packed]);
    for (let i = 0, target = commitmentOf(words); i < 50; i++) {
      // The contract's point for the words that it sees and any commitment to others.
      const forged = collide(inputChallenge(target, words));
      target = commitmentOf(forged);
      const point = inputChallenge(target, words);
      expect(evaluateWords(forged, point)).not.to.equal(evaluateWords(words, point));
    }
  });

  it("differs from that of words which are changed, left out, or added", () => {
    const commitment = poseidonChain([DOMAIN, 7n, ...words]);
    const evaluationSeenFor = (seen: readonly bigint[]) => {
      const point = inputChallenge(commitment, seen);
      return { contract: evaluateWords(seen, point), circuit: evaluateWords(words, point) };
    };
    const same = evaluationSeenFor(words);
    expect(same.contract).to.equal(same.circuit);
    for (const seen of [[words[0] + 1n, words[1]], [words[1], words[0]], [words[0]], [...words, 1n]]) {
      const { contract, circuit } = evaluationSeenFor(seen);
      expect(contract).not.to.equal(circuit);
    }
  });
});
