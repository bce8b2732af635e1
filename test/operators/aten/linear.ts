import { tensor } from "../../../src/tensor/tensor.js";
import type { Tensors } from "../../import/pt2/program.js";
import { both, on, random, several, zeros, type AtenCase, type Arguments } from "./case.js";

const attentionInputs = { q: zeros([1, 2, 3, 4]), k: zeros([1, 2, 3, 4]), v: zeros([1, 2, 3, 4]) };
const attend = (more: Arguments, constants: Tensors = {}, inputs: Tensors = attentionInputs): AtenCase => ({
  nodes: [["scaled_dot_product_attention.default", { query: "%q", key: "%k", value: "%v", ...more }]],
  inputs,
  constants,
});

export const linear: readonly [string, AtenCase][] = [
  [
    "linear",
    on(
      [2, 4],
      "linear.default",
      { input: "%x", weight: "%w", bias: "%b" },
      { constants: { w: random([3, 4]), b: random([3], 2) } },
    ),
  ],
  [
    "linear over rows, without bias",
    on([2, 3, 4], "linear.default", { input: "%x", weight: "%w" }, { constants: { w: random([3, 4]) } }),
  ],
  [
    "a weight that two layers share",
    several(
      [1, 4],
      [
        ["linear.default", { input: "%x", weight: "%w" }, ["h"]],
        ["relu.default", { self: "%h" }, ["r"]],
        ["linear.default", { input: "%r", weight: "%w" }],
      ],
      { constants: { w: random([4, 4]) } },
    ),
  ],
  [
    "addmm",
    on(
      [2, 4],
      "addmm.default",
      { self: "%b", mat1: "%x", mat2: "%w", beta: 0.5, alpha: 2 },
      { constants: { w: random([4, 3]), b: random([3], 2) } },
    ),
  ],
  [
    "mm",
    both("mm.default", { self: "%x", mat2: "%z" }, [
      [2, 4],
      [4, 3],
    ]),
  ],
  [
    "bmm",
    both("bmm.default", { self: "%x", mat2: "%z" }, [
      [2, 3, 4],
      [2, 4, 3],
    ]),
  ],
  [
    "bmm with constants",
    on([2, 3, 4], "bmm.default", { self: "%x", mat2: "%w" }, { constants: { w: random([2, 4, 3]) } }),
  ],
  [
    "bmm of constants first",
    on([2, 3, 4], "bmm.default", { self: "%w", mat2: "%x" }, { constants: { w: random([2, 2, 3]) } }),
  ],
  [
    "baddbmm",
    {
      ...both("baddbmm.default", { self: "%c", batch1: "%x", batch2: "%z" }, [
        [2, 3, 4],
        [2, 4, 3],
      ]),
      constants: { c: random([3]) },
    },
  ],
  [
    "matmul, broadcast",
    both("matmul.default", { self: "%x", other: "%z" }, [
      [2, 1, 3, 4],
      [2, 4, 2],
    ]),
  ],
  ["matmul with a vector", both("matmul.default", { self: "%x", other: "%z" }, [[2, 4], [4]])],
  ["mv", both("mv.default", { self: "%x", vec: "%z" }, [[2, 4], [4]])],
  ["dot", both("dot.default", { self: "%x", tensor: "%z" }, [[4], [4]])],
  ["outer", both("outer.default", { self: "%x", vec2: "%z" }, [[3], [4]])],
  ...(
    [
      ["bhid,bhjd->bhij", [1, 2, 3, 4], [1, 2, 5, 4]],
      ["ij,jk->ik", [2, 3], [3, 4]],
      ["ij,ij->", [2, 3], [2, 3]],
      ["i,j->ij", [3], [4]],
    ] as const
  ).map(([equation, a, b]): [string, AtenCase] => [
    `einsum ${equation}`,
    both("einsum.default", { equation, tensors: ["%x", "%z"] }, [a, b]),
  ]),
  [
    "einsum with a constant",
    on(
      [1, 2, 3, 4],
      "einsum.default",
      { equation: "bihd,hdo->bio", tensors: ["%x", "%w"] },
      { constants: { w: random([3, 4, 5]) } },
    ),
  ],
  ["attention", attend({})],
  ["attention, causal", attend({ is_causal: true })],
  ["attention with a key mask", attend({ attn_mask: "%m" }, { m: tensor("bool", [1, 1, 1, 3], [1, 1, 0]) })],
  [
    "attention with an added mask and a scale",
    attend({ attn_mask: "%m", scale: 0.3 }, { m: random([3, 3]) }),
  ],
  [
    "bilinear",
    {
      ...both("bilinear.default", { input1: "%x", input2: "%z", weight: "%w", bias: "%b" }, [
        [2, 3],
        [2, 4],
      ]),
      constants: { w: random([2, 3, 4]), b: random([2]) },
    },
  ],
];
