import type { Shape } from "../../../src/tensor/types.js";
import { ids, zeros, type Arguments, type AtenCase } from "./case.js";

type Entry = readonly [string, AtenCase];

/** One operator of inputs x, w and b. */
function weighted(name: string, shapes: readonly [Shape, Shape, Shape], args: Arguments = {}): Entry {
  const [x, w, b] = shapes;
  const inputs = { x: zeros(x), w: zeros(w), b: zeros(b) };
  return [
    `${name} of computed weights`,
    { nodes: [[name, { input: "%x", weight: "%w", bias: "%b", ...args }]], inputs },
  ];
}

/** One operator of inputs x and i, which are indices. */
function chosen(name: string, shapes: readonly [Shape, Shape], args: Arguments): Entry {
  const inputs = { x: zeros(shapes[0]), i: ids(...shapes[1]) };
  return [`${name} of computed indices`, { nodes: [[name, { self: "%x", ...args }]], inputs }];
}

/** What is a constant of most models is an input of these. */
export const computed: readonly Entry[] = [
  weighted("linear.default", [[2, 4], [3, 4], [3]]),
  weighted("conv2d.default", [[1, 4, 5, 4], [6, 2, 3, 2], [6]], {
    stride: [2, 1],
    padding: [1, 0],
    dilation: [1, 2],
    groups: 2,
  }),
  weighted("conv_transpose2d.input", [[1, 2, 3, 2], [2, 3, 2, 2], [3]], { stride: [2, 1] }),
  weighted("layer_norm.default", [[3, 4], [4], [4]], { normalized_shape: [4] }),
  chosen("index_select.default", [[2, 3, 4], [2]], { dim: 1, index: "%i" }),
  chosen(
    "gather.default",
    [
      [3, 4],
      [2, 4],
    ],
    { dim: 0, index: "%i" },
  ),
  chosen("index.Tensor", [[3, 4], [2]], { indices: ["%i"] }),
];
