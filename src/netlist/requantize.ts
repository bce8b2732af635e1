import { Torch2CircomError } from "../errors/torch2circomError.js";
import { bitLength, shiftRound } from "../program/arithmetic.js";
import type { Bounds, Intervals } from "../program/operations/bounds.js";
import type { RequantizeOperation } from "../program/operations/requantize.js";
import { gadgetCost, numbers, type Gadget } from "./gadgets.js";
import type { Cost } from "./types.js";

export type RequantizeGadget = Gadget & Required<Pick<Gadget, "accepts">>;

/** Which of the three decompositions takes the numbers of x, with the fewest bits that hold each block. */
export function requantizeGadget(operation: RequantizeOperation, x: Intervals): RequantizeGadget {
  const q = quotients(operation, x);
  if (Number.isFinite(operation.hi)) return clampGadget(operation, q);
  return operation.lo === 0 ? reluGadget(operation, q) : roundGadget(operation, q);
}

/** Saturated to [lo, lo + 2^keptBits): what is cut off has `excessBits`. */
function clampGadget(operation: RequantizeOperation, q: readonly Bounds[]): RequantizeGadget {
  const { name, size, blocks, lo, hi } = operation;
  const kept = bitLength(hi - lo);
  // The gadget saturates at lo + 2^kept - 1: another greatest value would be another program.
  if (hi - lo + 1 !== 2 ** kept) {
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `${name}: a saturation to [${lo}, ${hi}] spans no power of two`,
      "This is a defect of the quantizer: please report it with the model.",
    );
  }
  const shifts = Array.from(operation.shift);
  const excess = q.map((block) => {
    const above = Math.floor((block.hi - lo) / 2 ** kept);
    const below = Math.floor((block.lo - lo) / 2 ** kept);
    return Math.max(1, bitLength(Math.max(above, -below)));
  });
  const each = excess.map((bits, b) => shifts[b] + kept + bits + 3);
  const [shift, excessBits] = perBlock(shifts, excess);
  return {
    template: "RequantizeClampLayer",
    cost: blockCost(size / blocks, each, lo === 0 ? 0 : size),
    arguments: [
      ...numbers({ count: size, blocks: shift.length }),
      { name: "shift", value: shift },
      ...numbers({ keptBits: kept }),
      { name: "excessBits", value: excessBits },
      ...numbers({ least: lo }),
    ],
    accepts: accepted(
      operation,
      excess.map((bits) => ({ lo: lo - (2 ** bits - 1) * 2 ** kept, hi: lo + 2 ** (bits + kept) - 1 })),
    ),
  };
}

/** Sign and magnitude. */
function reluGadget(operation: RequantizeOperation, q: readonly Bounds[]): RequantizeGadget {
  const { size, blocks } = operation;
  const shifts = Array.from(operation.shift);
  const magnitudes = q.map(({ lo, hi }) => Math.max(1, bitLength(Math.max(hi, -lo))));
  const each = magnitudes.map((bits, b) => shifts[b] + bits + 1);
  const [shift, magnitudeBits] = perBlock(shifts, magnitudes);
  return {
    template: "RequantizeReLULayer",
    cost: blockCost(size / blocks, each, 0),
    arguments: [
      ...numbers({ count: size, blocks: shift.length }),
      { name: "shift", value: shift },
      { name: "magnitudeBits", value: magnitudeBits },
    ],
    accepts: accepted(
      operation,
      magnitudes.map((bits) => ({ lo: 1 - 2 ** bits, hi: 2 ** bits - 1 })),
    ),
  };
}

/** Each block from its least quotient on. */
function roundGadget(operation: RequantizeOperation, q: readonly Bounds[]): RequantizeGadget {
  const { size, blocks } = operation;
  const shifts = Array.from(operation.shift);
  const results = q.map(({ lo, hi }) => bitLength(hi - lo));
  const each = results.map((bits, b) => (shifts[b] === 0 ? 0 : shifts[b] + bits));
  // A result that is a bit or a constant is not a sum.
  const isSum = (bits: number, b: number) => shifts[b] > 0 && bits > 0 && !(bits === 1 && q[b].lo === 0);
  const [shift, resultBits, least] = perBlock(
    shifts,
    results,
    q.map(({ lo }) => lo),
  );
  return {
    template: "RequantizeLayer",
    cost: blockCost(size / blocks, each, (size / blocks) * results.filter(isSum).length),
    arguments: [
      ...numbers({ count: size, blocks: shift.length }),
      { name: "shift", value: shift },
      { name: "resultBits", value: resultBits },
      { name: "least", value: least },
    ],
    accepts: accepted(
      operation,
      results.map((bits, b) => ({ lo: q[b].lo, hi: q[b].lo + 2 ** bits - 1 })),
    ),
  };
}

/** The bounds of what each block of x is rounded to. */
function quotients({ blocks, shift }: RequantizeOperation, x: Intervals): Bounds[] {
  const per = x.lo.length / blocks;
  return Array.from({ length: blocks }, (_, block) => {
    const end = (block + 1) * per;
    let [lo, hi] = [Infinity, -Infinity];
    for (let i = block * per; i < end; i++) {
      lo = Math.min(lo, shiftRound(x.lo[i], shift[block]));
      hi = Math.max(hi, shiftRound(x.hi[i], shift[block]));
    }
    return { lo, hi };
  });
}

/** All x with a quotient within its block's bounds: the remainder is whatever is below 2^shift. */
function accepted({ shift }: RequantizeOperation, q: readonly Bounds[]): Bounds {
  const half = (f: number) => (f === 0 ? 0 : 2 ** (f - 1));
  return {
    lo: Math.min(...q.map(({ lo }, b) => lo * 2 ** shift[b] - half(shift[b]))),
    hi: Math.max(...q.map(({ hi }, b) => (hi + 1) * 2 ** shift[b] - 1 - half(shift[b]))),
  };
}

/** @param each non-linear constraints of an element, by block */
function blockCost(per: number, each: readonly number[], linear: number): Cost {
  return gadgetCost(per * each.reduce((sum, cost) => sum + cost, 0), linear);
}

/** Parameters a block, or of a single block where all blocks agree. */
function perBlock(...parameters: number[][]): number[][] {
  const same = parameters.every((values) => values.every((v) => v === values[0]));
  return same ? parameters.map((values) => values.slice(0, 1)) : parameters;
}
