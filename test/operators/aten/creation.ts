import { tensor } from "../../../src/tensor/tensor.js";
import type { Node } from "../../import/pt2/program.js";
import { ids, ints, random, several, zeros, type AtenCase } from "./case.js";

type Entry = [string, AtenCase];

/** The result of an operator that computes no more than x does, added to x. */
const added = (nodes: readonly Node[]): AtenCase =>
  several([2, 3], [...nodes, ["add.Tensor", { self: "%x", other: "%made" }]]);

export const creations: readonly Entry[] = [
  ...["zeros", "ones"].map((name): Entry => [name, added([[`${name}.default`, { size: [3] }, ["made"]]])]),
  ...["zeros_like", "ones_like"].map((name): Entry => [
    name,
    added([[`${name}.default`, { self: "%x" }, ["made"]]]),
  ]),
  ...["new_zeros", "new_ones"].map((name): Entry => [
    name,
    added([[`${name}.default`, { self: "%x", size: [3] }, ["made"]]]),
  ]),
  ["full", added([["full.default", { size: [3], fill_value: 0.5 }, ["made"]]])],
  ["full_like", added([["full_like.default", { self: "%x", fill_value: 0.5 }, ["made"]]])],
  ["new_full", added([["new_full.default", { self: "%x", size: [3], fill_value: 0.5 }, ["made"]]])],
  ...(
    [
      ["empty.memory_format", { size: [3] }],
      ["empty_like.default", { self: "%x" }],
      ["new_empty.default", { self: "%x", size: [3] }],
    ] as const
  ).map(([name, args]): Entry => [
    `${name}, filled`,
    added([
      [name, args, ["e"]],
      ["fill.Scalar", { self: "%e", value: 0.5 }, ["made"]],
    ]),
  ]),
  [
    "fill_.Tensor",
    {
      ...added([
        ["empty_like.default", { self: "%x" }, ["e"]],
        ["fill_.Tensor", { self: "%e", value: "%c" }, ["made"]],
      ]),
      constants: { c: tensor("float", [], [0.5]) },
    },
  ],
  [
    "zero_",
    added([
      ["empty_like.default", { self: "%x" }, ["e"]],
      ["zero_.default", { self: "%e" }, ["made"]],
    ]),
  ],
  ["arange", added([["arange.default", { end: 3 }, ["made"]]])],
  ["arange from a start", added([["arange.start", { start: 1, end: 4 }, ["made"]]])],
  ["arange by a step", added([["arange.start_step", { start: 1, end: 7, step: 2 }, ["made"]]])],
  ["linspace", added([["linspace.default", { start: 0, end: 1, steps: 3 }, ["made"]]])],
  ["scalar_tensor", added([["scalar_tensor.default", { s: 0.5 }, ["made"]]])],
  [
    "eye",
    several(
      [3, 3],
      [
        ["eye.default", { n: 3 }, ["made"]],
        ["add.Tensor", { self: "%x", other: "%made" }],
      ],
    ),
  ],
  ["eye of two sizes", added([["eye.m", { n: 2, m: 3 }, ["made"]]])],
  [
    "one_hot of a constant",
    several(
      [2, 3],
      [
        ["one_hot.default", { self: "%i", num_classes: 3 }, ["made"]],
        ["add.Tensor", { self: "%x", other: "%made" }],
      ],
      { constants: { i: ints([2], 2, 0) } },
    ),
  ],
  [
    "one_hot of tokens",
    {
      nodes: [
        ["one_hot.default", { self: "%x", num_classes: 3 }, ["r"]],
        ["linear.default", { input: "%r", weight: "%w" }],
      ],
      inputs: { x: ids(1, 2) },
      constants: { w: random([2, 3]) },
    },
  ],
];

/** One step of a recurrent layer by itself. */
const cell = (name: string, gates: number): Entry => [
  `${name}_cell`,
  {
    nodes: [
      [
        `${name}_cell.default`,
        {
          input: "%x",
          hx: name === "lstm" ? ["%h", "%c"] : "%h",
          w_ih: "%i",
          w_hh: "%w",
          b_ih: "%b",
          b_hh: "%b",
        },
        name === "lstm" ? ["y", "cell"] : ["y"],
      ],
    ],
    inputs: { x: zeros([1, 3]) },
    constants: {
      h: random([1, 2], 1),
      c: random([1, 2], 2),
      i: random([2 * gates, 3], 3),
      w: random([2 * gates, 2], 4),
      b: random([2 * gates], 5),
    },
  },
];

export const cells: readonly Entry[] = [
  cell("lstm", 4),
  cell("gru", 3),
  cell("rnn_tanh", 1),
  cell("rnn_relu", 1),
];
