import { bitLength } from "../program/arithmetic.js";
import type { Intervals } from "../program/operations/bounds.js";
import type { LinearOperation } from "../program/operations/linear.js";
import { gadgetCost, numbers, type Gadget } from "./gadgets.js";
import type { Argument } from "./types.js";

/** The domain tag of commitments to weights: the ASCII codes of "torch2circom weights". */
export const WEIGHT_DOMAIN = BigInt(`0x${Buffer.from("torch2circom weights").toString("hex")}`);

/** Bits that slots of one word may have together: below them, a field element has one value in each. */
const SLOT_BITS = 253;

/** A secret layer: its gadget, and the words that hold its weights. */
export interface SecretGadget extends Gadget {
  readonly words: readonly bigint[];
}

/**
 * A linear layer whose weights are a witness; see circuits/secretLinear.circom.
 *
 * @param range the layer's own intervals
 * @param enforcer the gadget that takes every output, if its decomposition keeps them in range
 */
export function secretLinearGadget(
  operation: LinearOperation,
  inputSize: number,
  range: Intervals,
  enforcer?: Gadget,
): SecretGadget {
  const { channels, positions, taps, groups, index, bias, size } = operation;
  const S = enforcer === undefined ? slotBits(range.lo[0], range.hi[0]) : acceptedBits(enforcer);
  const own = channels / groups;
  const perGroup = Math.ceil(own / Math.floor(SLOT_BITS / S));
  const gc = Math.ceil(own / perGroup);
  const rows = Array.from({ length: groups * positions }, (_, row) =>
    Array.from(index.subarray(row * taps, (row + 1) * taps)),
  );
  const read = rows.map((row) => row.filter((source) => source >= 0).length);
  const products = perGroup * read.reduce((a, b) => a + b, 0);
  // Where nothing is read, the equation of the slots is linear; where it names one output only, it renames the word.
  const lastBlock = own - (perGroup - 1) * gc;
  const renamed = enforcer === undefined && lastBlock === 1 ? 1 : 0;
  const empty = read.filter((count) => count === 0).length * (perGroup - renamed);
  const checked = enforcer === undefined ? 1 : 0;
  return {
    template: "SecretLinear",
    cost: gadgetCost(products + checked * size * S, empty),
    arguments: [
      ...numbers({ inputs: inputSize, channels, positions, taps, groups, biases: bias.length }),
      ...numbers({ slotBits: S, perWord: gc, checked }),
      { name: "index", value: rows },
    ],
    words: packWeights(operation, S, gc),
  };
}

/** Weights and biases of gc channels a word, as SecretLinear takes them: integers that stand for field elements. */
function packWeights(operation: LinearOperation, S: number, gc: number): bigint[] {
  const { channels, positions, taps, groups, weights, bias } = operation;
  const own = channels / groups;
  const firsts: number[] = [];
  for (let group = 0; group < groups; group++)
    for (let first = 0; first < own; first += gc) firsts.push(group * own + first);
  const word = (first: number, value: (channel: number) => number): bigint => {
    const end = Math.min(first + gc, (Math.floor(first / own) + 1) * own);
    let sum = 0n;
    for (let c = first; c < end; c++) sum += BigInt(value(c)) << BigInt(S * (c - first));
    return sum;
  };
  const columns = bias.length === channels ? 1 : positions;
  return [
    ...firsts.flatMap((first) =>
      Array.from({ length: taps }, (_, k) => word(first, (c) => weights[c * taps + k])),
    ),
    ...firsts.flatMap((first) =>
      Array.from({ length: columns }, (_, p) => word(first, (c) => bias[c * columns + p])),
    ),
  ];
}

/** S with [least, most] in [-2^(S-1), 2^(S-1)). */
function slotBits(least: number, most: number): number {
  return 1 + bitLength(Math.max(most, -1 - least, 1));
}

/** S such that all inputs for which the gadget has a witness are of [-2^(S-1), 2^(S-1)). */
function acceptedBits({ template, arguments: all }: Gadget): number {
  const list = (name: string): number[] => [value(all, name)].flat(2);
  const [f, half] = [list("shift"), list("shift").map((shift) => (shift === 0 ? 0 : 2 ** (shift - 1)))];
  /** For the least and the greatest q: its remainder is whatever is below 2^f. */
  const bits = (range: (block: number) => readonly [number, number]): number =>
    f.reduce((most, shift, block) => {
      const [least, greatest] = range(block);
      const ends = [least * 2 ** shift - half[block], (greatest + 1) * 2 ** shift - 1 - half[block]] as const;
      return Math.max(most, slotBits(...ends));
    }, 0);
  switch (template) {
    case "RequantizeReLULayer": {
      const k = list("magnitudeBits");
      return bits((b) => [1 - 2 ** k[b], 2 ** k[b] - 1]);
    }
    case "RequantizeClampLayer": {
      const [m, [c], [lo]] = [list("excessBits"), list("keptBits"), list("least")];
      return bits((b) => [lo - (2 ** m[b] - 1) * 2 ** c, lo + 2 ** (m[b] + c) - 1]);
    }
    case "RequantizeLayer": {
      const [w, lo] = [list("resultBits"), list("least")];
      return bits((b) => [lo[b], lo[b] + 2 ** w[b] - 1]);
    }
    default:
      throw new Error(`${template} is not known to bound its inputs`);
  }
}

function value(all: Gadget["arguments"], name: string): Argument {
  return all.find((argument) => argument.name === name)!.value;
}
