import { tensor } from "../../../src/tensor/tensor.js";
import {
  both,
  mask,
  on,
  positive,
  random,
  several,
  steep,
  zeros,
  type AtenCase,
  type Options,
} from "./case.js";

/** Each of two tensors in turn, both broadcast, and one of them constant. */
function binary(name: string, options: Options = {}): [string, AtenCase][] {
  const args = { self: "%x", other: "%z" };
  return [
    [
      `${name} of two inputs`,
      both(
        name,
        args,
        [
          [2, 1, 3],
          [4, 1],
        ],
        options,
      ),
    ],
    [
      `${name} with constants`,
      on(
        [2, 3],
        name,
        { self: "%x", other: "%c" },
        { constants: { c: random([3], 3, options.range) }, ...options },
      ),
    ],
    [
      `${name} of constants first`,
      on(
        [2, 3],
        name,
        { self: "%c", other: "%x" },
        { constants: { c: random([2, 1], 4, options.range) }, ...options },
      ),
    ],
  ];
}

export const arithmetic: readonly [string, AtenCase][] = [
  ...[
    "add.Tensor",
    "sub.Tensor",
    "mul.Tensor",
    "maximum.default",
    "minimum.default",
    "max.other",
    "min.other",
  ].flatMap((name) => binary(name)),
  ...["div.Tensor"].flatMap((name) => binary(name, positive)),
  ...["eq", "ne", "lt", "le", "gt", "ge"].flatMap((name) => binary(`${name}.Tensor`, steep)),
  ["add_ in place", both("add_.Tensor", { self: "%x", other: "%z" }, [[2, 3], [3]])],
  ["add with alpha", both("add.Tensor", { self: "%x", other: "%z", alpha: 2.5 }, [[2, 3], [3]])],
  ["rsub", on([2, 3], "rsub.Scalar", { self: "%x", other: 1 })],
  [
    "addcmul",
    both("addcmul.default", { self: "%x", tensor1: "%z", tensor2: "%x", value: 0.5 }, [[2, 3], [3]]),
  ],
  [
    "addcdiv",
    both(
      "addcdiv.default",
      { self: "%x", tensor1: "%x", tensor2: "%z", value: 0.5 },
      [[2, 3], [3]],
      positive,
    ),
  ],
  ["lerp", both("lerp.Scalar", { self: "%x", end: "%z", weight: 0.3 }, [[2, 3], [3]])],
  [
    "a division that rounds down",
    on([2, 3], "div.Tensor_mode", { self: "%x", other: { float: 0.7 }, rounding_mode: "floor" }, steep),
  ],
  [
    "a division that rounds towards 0",
    on([2, 3], "div.Tensor_mode", { self: "%x", other: { float: 0.7 }, rounding_mode: "trunc" }, steep),
  ],
  [
    "floor_divide of two inputs",
    both("floor_divide.default", { self: "%x", other: "%z" }, [[2, 3], [3]], { ...positive, ...steep }),
  ],
  ["remainder", on([2, 3], "remainder.Scalar", { self: "%x", other: { float: 0.7 } }, steep)],
  ["fmod", on([2, 3], "fmod.Scalar", { self: "%x", other: { float: 0.7 } }, steep)],
  [
    "clamp with tensors",
    on(
      [2, 3],
      "clamp.Tensor",
      { self: "%x", min: "%a", max: "%b" },
      { constants: { a: random([3], 1, [-1, 0]), b: random([2, 1], 2, [0, 1]) } },
    ),
  ],
  [
    "where with a computed mask",
    {
      ...several([2, 3], [mask, ["where.self", { condition: "%m", self: "%x", other: "%z" }]], steep),
      inputs: { x: zeros([2, 3]), z: zeros([3]) },
    },
  ],
  [
    "where with a computed mask and constants",
    several([2, 3], [mask, ["where.ScalarOther", { condition: "%m", self: "%x", other: 0.5 }]], steep),
  ],
  [
    "where between constants",
    several([2, 3], [mask, ["where.Scalar", { condition: "%m", self: 2, other: -1 }]], steep),
  ],
  [
    "where with a constant mask",
    on(
      [2, 3],
      "where.self",
      { condition: "%m", self: "%x", other: "%c" },
      { constants: { m: tensor("bool", [3], [1, 0, 1]), c: random([2, 3]) } },
    ),
  ],
  [
    "masked_fill with a constant mask",
    on(
      [2, 3],
      "masked_fill.Scalar",
      { self: "%x", mask: "%m", value: 0.5 },
      { constants: { m: tensor("bool", [3], [1, 0, 1]) } },
    ),
  ],
  [
    "masked_fill with a computed mask",
    several([2, 3], [mask, ["masked_fill.Scalar", { self: "%x", mask: "%m", value: 0.5 }]], steep),
  ],
  [
    "logic of masks",
    several(
      [2, 3],
      [
        mask,
        ["lt.Scalar", { self: "%x", other: -0.4 }, ["n"]],
        ["bitwise_not.default", { self: "%m" }, ["o"]],
        ["__and__.Tensor", { self: "%o", other: "%m" }, ["p"]],
        ["logical_or.default", { self: "%p", other: "%n" }, ["q"]],
        ["logical_xor.default", { self: "%q", other: "%m" }, ["r"]],
        ["to.dtype", { self: "%r", dtype: 7 }],
      ],
      steep,
    ),
  ],
  ["a mask as numbers", several([2, 3], [mask, ["mul.Tensor", { self: "%x", other: "%m" }]], steep)],
  [
    "numbers as a mask",
    several(
      [2, 3],
      [
        ["relu.default", { self: "%x" }, ["r"]],
        ["to.dtype", { self: "%r", dtype: 12 }, ["t"]],
        ["to.dtype", { self: "%t", dtype: 7 }],
      ],
      steep,
    ),
  ],
  [
    "numbers as integers",
    several(
      [2, 3],
      [
        ["to.dtype", { self: "%x", dtype: 5 }, ["i"]],
        ["to.dtype", { self: "%i", dtype: 7 }],
      ],
      steep,
    ),
  ],
];
