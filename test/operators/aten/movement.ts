import { tensor } from "../../../src/tensor/tensor.js";
import type { Shape } from "../../../src/tensor/types.js";
import {
  both,
  ids,
  ints,
  on,
  random,
  several,
  steep,
  type AtenCase,
  type Arguments,
  type Options,
} from "./case.js";

const move = (
  operator: string,
  args: Arguments,
  shape: Shape = [2, 3, 4],
  options: Options = {},
): [string, AtenCase] => [
  `${operator} ${JSON.stringify(args)}`,
  on(shape, operator, { self: "%x", ...args }, options),
];

export const movements: readonly [string, AtenCase][] = [
  move("view.default", { size: [4, -1] }),
  move("reshape.default", { shape: [6, 4] }),
  move("flatten.using_ints", { start_dim: 1 }),
  move("unflatten.int", { dim: -1, sizes: [2, 2] }),
  move("permute.default", { dims: [2, 0, 1] }),
  move("transpose.int", { dim0: -1, dim1: 0 }),
  move("movedim.int", { source: 0, destination: -1 }),
  move("expand.default", { size: [2, 3, 4, 2] }, [4, 1]),
  move("repeat.default", { repeats: [2, 1, 2] }),
  move("repeat_interleave.self_int", { repeats: 2, dim: 1 }),
  move("tile.default", { dims: [2, 2] }),
  move("flip.default", { dims: [0, -1] }),
  move("roll.default", { shifts: [1, -2], dims: [0, 2] }),
  move("select.int", { dim: -1, index: -2 }),
  move("slice.Tensor", { dim: -1, start: -3, end: 9223372036854775807, step: 2 }),
  move("narrow.default", { dim: 1, start: 1, length: 2 }),
  move("squeeze.dim", { dim: 1 }, [2, 1, 3]),
  move("unsqueeze.default", { dim: -1 }),
  move("diagonal.default", {}, [3, 3]),
  move("tril.default", { diagonal: -1 }, [3, 3]),
  move("triu.default", { diagonal: 1 }, [3, 4]),
  move("index_select.default", { dim: 1, index: "%i" }, [2, 3, 4], {
    constants: { i: ints([4], 2, 0, 1, 2) },
  }),
  move("gather.default", { dim: 1, index: "%i" }, [2, 3], { constants: { i: ints([2, 2], 2, 0, 1, 1) } }),
  move("index.Tensor", { indices: ["%i", null, "%j"] }, [2, 3, 4], {
    constants: { i: ints([2], -1, 0), j: ints([2], 3, 1) },
  }),
  move("index_put.default", { indices: [null, "%i"], values: "%v" }, [2, 3], {
    constants: { i: ints([1], 1), v: random([2, 1]) },
  }),
  move("scatter.value", { dim: 1, index: "%i", value: 0.5 }, [2, 3], {
    constants: { i: ints([2, 1], 2, 0) },
  }),
  move("masked_fill.Scalar", { mask: "%m", value: 1 }, [2, 3], {
    constants: { m: tensor("bool", [1, 3], [0, 1, 0]) },
  }),
  [
    "cat",
    both("cat.default", { tensors: ["%x", "%z"], dim: -1 }, [
      [2, 3],
      [2, 1],
    ]),
  ],
  [
    "cat with constants",
    on([2, 3], "cat.default", { tensors: ["%x", "%c"], dim: 0 }, { constants: { c: random([1, 3]) } }),
  ],
  [
    "stack",
    both("stack.default", { tensors: ["%x", "%z"], dim: 1 }, [
      [2, 3],
      [2, 3],
    ]),
  ],
  [
    "split",
    several(
      [2, 5],
      [
        ["split.Tensor", { self: "%x", split_size: 2, dim: 1 }, ["a", "b", "c"]],
        ["cat.default", { tensors: ["%c", "%a"], dim: 1 }],
      ],
    ),
  ],
  [
    "split_with_sizes",
    several(
      [2, 5],
      [
        ["split_with_sizes.default", { self: "%x", split_sizes: [1, 4], dim: 1 }, ["a", "b"]],
        ["mul.Tensor", { self: "%a", other: "%b" }],
      ],
    ),
  ],
  [
    "chunk",
    several(
      [2, 5],
      [
        ["chunk.default", { self: "%x", chunks: 2, dim: 1 }, ["a", "b"]],
        ["neg.default", { self: "%a" }],
      ],
    ),
  ],
  [
    "unbind",
    several(
      [2, 3],
      [
        ["unbind.int", { self: "%x" }, ["a", "b"]],
        ["sub.Tensor", { self: "%a", other: "%b" }],
      ],
    ),
  ],
  [
    "embedding",
    {
      nodes: [["embedding.default", { weight: "%w", indices: "%x" }]],
      inputs: { x: ids(1, 4) },
      constants: { w: random([2, 3]) },
    },
  ],
  [
    "an embedding of an argmax",
    several(
      [2, 5],
      [
        ["argmax.default", { self: "%x", dim: -1 }, ["i"]],
        ["embedding.default", { weight: "%w", indices: "%i" }],
      ],
      { constants: { w: random([5, 3]) }, ...steep },
    ),
  ],
];
