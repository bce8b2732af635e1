import type { Differences } from "../program/differences.js";
import { activationCost } from "../program/activation.js";
import { bitLength, topKCost } from "../program/arithmetic.js";
import { int32s } from "../program/int32.js";
import { SUM, whatIsLeft } from "../program/sums.js";
import { cheapestTournament, tournamentCost } from "../program/tournament.js";
import type { ActivateOperation } from "../program/operations/activate.js";
import type { ArgmaxOperation } from "../program/operations/argmax.js";
import type { TensorId } from "../program/operations/definition.js";
import type { LinearOperation } from "../program/operations/linear.js";
import type { MaxOperation } from "../program/operations/max.js";
import type { TopKOperation } from "../program/operations/topk.js";
import { rowsOf, type Argument, type Component, type Cost } from "./types.js";

/** Which template an operation becomes, with which widths, at which cost. */
export type Gadget = Pick<Component, "template" | "arguments" | "cost" | "comparedBits" | "accepts">;

export function linearGadget(operation: LinearOperation, inputSize: number): Gadget {
  const { channels, positions, taps, groups, weights, bias } = operation;
  const weight = { columns: taps, entries: weights };
  const index = { columns: taps, entries: operation.index };
  const left = whatIsLeft({
    ...{ channels, positions, groups, bias },
    weight: rowsOf(weight),
    index: rowsOf(index),
  });
  const linear = left.reduce((count, what) => count + (what === SUM ? 1 : 0), 0);
  const cost = { nonlinear: 0, linear };
  const constants = [
    { name: "weight", value: weight },
    { name: "bias", value: Array.from(bias) },
  ];
  const dense =
    positions === 1 &&
    groups === 1 &&
    taps === inputSize &&
    operation.index.every((source, k) => source === k);
  if (dense) {
    return {
      template: "Dense",
      cost,
      arguments: [...numbers({ inputs: taps, outputs: channels }), ...constants],
    };
  }
  return {
    template: "Convolution",
    cost,
    arguments: [
      ...numbers({ inputs: inputSize, channels, positions, taps, groups, biases: bias.length }),
      ...constants,
      { name: "index", value: index },
    ],
  };
}

/** Each block has the tournament that costs it least; a match's bound is that of the block's worst window. */
export function maxGadget(
  { size, window, index, input }: MaxOperation,
  blocks: number,
  inputSize: number,
  differences: Differences,
): Gadget {
  const per = size / blocks;
  const tournaments = Array.from({ length: blocks }, (_, block) => {
    const bounds = new Float64Array(window * window);
    for (let at = block * per * window; at < (block + 1) * per * window; at += window) {
      for (let i = 0; i < window; i++) {
        for (let j = i + 1; j < window; j++) {
          const bound = differences.bound(input, index[at + i], index[at + j]);
          bounds[i * window + j] = Math.max(bounds[i * window + j], bound);
        }
      }
    }
    return cheapestTournament(window, (i, j) => bounds[i * window + j]);
  });
  const ordered = index.map((_, at) => {
    const i = Math.floor(at / window);
    return index[i * window + tournaments[Math.floor(i / per)].order[at % window]];
  });
  const nonlinear = per * tournaments.reduce((sum, tournament) => sum + tournamentCost(tournament), 0);
  return {
    template: "MaxLayer",
    cost: gadgetCost(nonlinear, size),
    comparedBits: per * tournaments.flatMap(({ bits }) => bits).reduce((sum, bits) => sum + bits, 0),
    arguments: [
      ...numbers({ inputs: inputSize, outputs: size, window, blocks }),
      {
        name: "differenceBits",
        value: {
          columns: window - 1,
          entries: int32s(
            tournaments.flatMap(({ bits }) => bits),
            "a width",
          ),
        },
      },
      { name: "index", value: { columns: window, entries: ordered } },
    ],
  };
}

export function activationGadget(operation: ActivateOperation): Gadget {
  const { form, size, shift, lo, base, table } = operation;
  const { nonlinear, linear, l } = activationCost(operation);
  const bits = bitLength(table.length - 1);
  const template = { table: "TableLayer", even: "EvenLayer", below: "BelowLayer", odd: "OddLayer" }[form];
  return {
    template,
    cost: gadgetCost(size * nonlinear, size * linear),
    arguments: [
      ...numbers({ count: size, shift }),
      ...numbers(form === "table" ? { indexBits: bits } : { magnitudeBits: bits }),
      ...numbers({ monomialBits: l }),
      { name: "table", value: Array.from(table) },
      ...(form === "table" ? numbers({ least: lo }) : []),
      ...(form === "odd" ? numbers({ center: base }) : []),
    ],
  };
}

export function argmaxGadget(operation: ArgmaxOperation, differences: Differences): Gadget {
  const { size, classes, input } = operation;
  const d = widestDifference(input, size, classes, differences);
  const each = (classes - 1) * (d + 2) + (classes >= 3 ? Math.ceil(classes / 2) - 2 : -1);
  return {
    template: "ArgMaxLayer",
    cost: gadgetCost(size * each, classes === 2 ? 0 : size),
    comparedBits: size * (classes - 1) * d,
    arguments: numbers({ rows: size, columns: classes, differenceBits: d }),
  };
}

export function topKGadget(
  { row, k, input }: TopKOperation,
  inputSize: number,
  differences: Differences,
): Gadget {
  const rows = inputSize / row;
  const d = widestDifference(input, rows, row, differences);
  return {
    template: "TopKLayer",
    cost: gadgetCost(rows * topKCost(row, k, d), rows * (2 * k + (k < row ? 1 : 0))),
    arguments: numbers({ rows, columns: row, kept: k, differenceBits: d }),
  };
}

/** Bits of the greatest difference between two elements of one of `rows` runs. */
function widestDifference(input: TensorId, rows: number, row: number, differences: Differences): number {
  let widest = 1;
  for (let start = 0; start < rows * row; start += row) {
    for (let a = start; a < start + row; a++) {
      for (let b = a + 1; b < start + row; b++) widest = Math.max(widest, differences.bound(input, a, b));
    }
  }
  return Math.max(1, bitLength(widest));
}

export function gadgetCost(nonlinear: number, linear: number): Cost {
  return { nonlinear, linear };
}

export function numbers(values: Readonly<Record<string, number>>): { name: string; value: Argument }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
