import { expect } from "chai";
import { shiftRound } from "../../src/program/arithmetic.js";
import { compareExhaustively } from "../helpers/enumerate.js";
import { compileGadget } from "../helpers/gadget.js";
import { honest, mutateEveryWire } from "../helpers/soundness.js";
import { itHolds } from "./gadget.js";

/** Slots of [-2^(S-1), 2^(S-1)) of an integer, the lowest first. */
function slotsOf(value: number, S: number, count: number): number[] {
  const slots: number[] = [];
  for (let rest = value; slots.length < count;) {
    const slot = ((((rest + 2 ** (S - 1)) % 2 ** S) + 2 ** S) % 2 ** S) - 2 ** (S - 1);
    slots.push(slot);
    rest = (rest - slot) / 2 ** S;
  }
  return slots;
}

describe("circuits/secretLinear", function () {
  for (const [taps, channels, S, most, prime] of [
    [0, 2, 2, 5, 61],
    [1, 1, 3, 1, 61],
    [1, 2, 2, 2, 101],
    [2, 2, 2, 1, 61],
    [3, 4, 9, 1e6, undefined],
  ] as const)
    itHolds({
      file: "secretLinear",
      main: `SecretSums(${taps}, ${channels}, ${S}, 1)`,
      nonlinear: taps + channels * S,
      linear: taps === 0 ? 1 : 0,
      domain: { in: [Math.max(1, taps), -1, 1], words: [taps + 1, -most, most] },
      reference: ({ in: x, words }) => ({
        out: slotsOf(
          words.slice(0, taps).reduce((sum, word, k) => sum + word * x[k], words[taps]),
          S,
          channels,
        ),
      }),
      prime,
      free: (): Record<string, string> => (taps === 0 ? { "in[0]": "not read where there is no tap" } : {}),
    });

  // One input, two channels in a slot each: any word, also of no weights, has one output or none.
  for (const [S, most, prime] of [
    [2, 2, 101],
    [3, 8, 257],
  ] as const)
    itHolds({
      file: "secretLinear",
      main: `SecretLinear(1, 2, 1, 1, 1, 2, ${S}, 2, 1, [[0]])`,
      nonlinear: 1 + 2 * S,
      linear: 0,
      domain: { in: [1, -1, 1], words: [2, -most, most] },
      reference: ({ in: [x], words: [w, b] }) => ({ out: slotsOf(w * x + b, S, 2) }),
      prime,
    });

  // Two taps, of which the second is padding at the second position; a bias for each position.
  itHolds({
    file: "secretLinear",
    main: "SecretLinear(2, 2, 2, 2, 1, 4, 2, 2, 1, [[0,1],[1,-1]])",
    nonlinear: 3 + 4 * 2,
    domain: { in: [2, -1, 1], words: [4, -1, 1] },
    reference: ({ in: [x, y], words: [w, v, b, c] }) => {
      const [first, second] = [slotsOf(w * x + v * y + b, 2, 2), slotsOf(w * y + c, 2, 2)];
      return { out: [first[0], second[0], first[1], second[1]] };
    },
    prime: 61,
  });

  // Groups, a block that is not full, and a position where nothing is read.
  itHolds({
    file: "secretLinear",
    main: "SecretLinear(2, 6, 2, 1, 2, 6, 5, 2, 1, [[0],[-1],[1],[0]])",
    nonlinear: 2 * (2 * 2) - 2 + 12 * 5,
    domain: { in: [2, -3, 3], words: [8, -3, 3] },
    reference: ({ in: x, words }) => {
      const index = [0, -1, 1, 0];
      const out = new Array<number>(12);
      for (let block = 0; block < 4; block++) {
        const group = Math.floor(block / 2);
        const channels = block % 2 === 0 ? 2 : 1;
        for (let p = 0; p < 2; p++) {
          const source = index[group * 2 + p];
          const sum = words[4 + block] + (source < 0 ? 0 : words[block] * x[source]);
          slotsOf(sum, 5, channels).forEach((slot, c) => {
            out[(group * 3 + (block % 2) * 2 + c) * 2 + p] = slot;
          });
        }
      }
      return { out };
    },
    free: () => ({
      "words[5]": "where nothing is read, a bias that is alone in its word is the output's wire",
    }),
  });
});

describe("circuits/secretLinear: outputs that a requantization holds in range", function () {
  /** Two channels of one input, without range checks, and a gadget on each. */
  const source = (S: number, gadget: string) => `pragma circom 2.1.6;
include "torch2circom/circuits/secretLinear.circom";
include "torch2circom/circuits/requantize.circom";
template Main() {
    signal input x[1];
    signal input words[2];
    signal output y[2];
    component linear = SecretLinear(1, 2, 1, 1, 1, 2, ${S}, 2, 0, [[0]]);
    linear.in <== x;
    linear.words <== words;
    component gadget[2];
    for (var i = 0; i < 2; i++) {
        gadget[i] = ${gadget};
        gadget[i].in <== linear.out[i];
        y[i] <== gadget[i].out;
    }
}
component main = Main();
`;

  for (const [gadget, cost, meaning] of [
    ["RequantizeReLU(1, 1)", 3, (a: number) => inside(shiftRound(a, 1), -1, 1, (q) => Math.max(0, q))],
    ["RequantizeReLU(0, 2)", 3, (a: number) => inside(a, -3, 3, (q) => Math.max(0, q))],
    ["Requantize(1, 1, -1)", 2, (a: number) => inside(shiftRound(a, 1), -1, 0, (q) => q)],
    ["RequantizeClamp(0, 1, 1, 0)", 5, (a: number) => inside(a, -2, 3, (q) => Math.min(Math.max(q, 0), 1))],
  ] as const) {
    it(`${gadget} leaves each sum of words and inputs one output, or none`, async () => {
      const main = await compileGadget(`secret_${gadget.replace(/\W+/g, "_")}`, source(3, gadget));
      expect(main.constraints.nonlinear).to.equal(1 + 2 * cost);
      const problems = compareExhaustively(main, {
        prime: 101,
        domain: { "x[0]": [-1, 1], "words[0]": [-12, 12], "words[1]": [-1, 1] },
        reference: (at) => {
          const sums = slotsOf(at["words[0]"] * at["x[0]"] + at["words[1]"], 3, 2);
          const [first, second] = sums.map(meaning);
          return first === undefined || second === undefined ? undefined : { "y[0]": first, "y[1]": second };
        },
      });
      expect(problems).to.deep.equal([]);
      const input = { x: [1], words: [-9, 0] };
      honest(main, input, {});
      expect(mutateEveryWire(main, input).filter((line) => !/\.x: /.test(line))).to.deep.equal([]);
    });
  }
});

function inside(q: number, least: number, greatest: number, map: (q: number) => number): number | undefined {
  return q >= least && q <= greatest ? map(q) : undefined;
}
