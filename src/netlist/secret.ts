import { bitLength } from "../program/arithmetic.js";
import type { Bounds, Intervals } from "../program/operations/bounds.js";
import type { LinearOperation } from "../program/operations/linear.js";
import { gadgetCost, numbers, type Gadget } from "./gadgets.js";
import type { RequantizeGadget } from "./requantize.js";
import { rowsOf } from "./types.js";

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
  enforcer?: RequantizeGadget,
): SecretGadget {
  const { channels, positions, taps, groups, index, bias, size } = operation;
  const S = slotBits(enforcer?.accepts ?? { lo: range.lo[0], hi: range.hi[0] });
  const own = channels / groups;
  const perGroup = Math.ceil(own / Math.floor(SLOT_BITS / S));
  const gc = Math.ceil(own / perGroup);
  const matrix = { columns: taps, entries: index };
  const read = rowsOf(matrix).map((row) => row.reduce((count, source) => count + (source < 0 ? 0 : 1), 0));
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
      { name: "index", value: matrix },
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

/** S with [lo, hi] in [-2^(S-1), 2^(S-1)). */
function slotBits({ lo, hi }: Bounds): number {
  return 1 + bitLength(Math.max(hi, -1 - lo, 1));
}
