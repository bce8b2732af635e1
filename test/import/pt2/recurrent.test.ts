import { expect } from "chai";
import { tensor } from "../../../src/tensor/tensor.js";
import type { Tensor } from "../../../src/tensor/types.js";
import { run, type Node, type Tensors } from "./program.js";
import { expectNear } from "../../helpers/near.js";

/** Plain vectors and PyTorch's documented formulas: nothing shared with the code under test. */
type Vector = number[];
type Step = (x: Vector, h: Vector, c: Vector, w: Tensor[]) => { h: Vector; c: Vector };

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

function affine(w: Tensor, b: Tensor, x: Vector): Vector {
  return [...b.data].map((bias, row) => x.reduce((sum, v, i) => sum + v * w.data[row * x.length + i], bias));
}

const lstm: Step = (x, h, c, [wi, wh, bi, bh]) => {
  const n = h.length;
  const a = affine(wi, bi, x).map((v, i) => v + affine(wh, bh, h)[i]);
  const next = c.map((v, i) => sigmoid(a[n + i]) * v + sigmoid(a[i]) * Math.tanh(a[2 * n + i]));
  return { h: next.map((v, i) => sigmoid(a[3 * n + i]) * Math.tanh(v)), c: next };
};

const gru: Step = (x, h, c, [wi, wh, bi, bh]) => {
  const n = h.length;
  const [a, b] = [affine(wi, bi, x), affine(wh, bh, h)];
  const next = h.map((v, i) => {
    const z = sigmoid(a[n + i] + b[n + i]);
    return (1 - z) * Math.tanh(a[2 * n + i] + sigmoid(a[i] + b[i]) * b[2 * n + i]) + z * v;
  });
  return { h: next, c };
};

const rnn: Step = (x, h, c, [wi, wh, bi, bh]) => {
  const b = affine(wh, bh, h);
  return { h: affine(wi, bi, x).map((v, i) => Math.tanh(v + b[i])), c };
};

const [LENGTH, FEATURES, HIDDEN, LAYERS, DIRECTIONS] = [3, 2, 2, 2, 2];

const values = (shape: number[], seed: number): Tensor =>
  tensor(
    "float",
    shape,
    Array.from({ length: shape.reduce((a, n) => a * n, 1) }, (_, i) => Math.sin(seed * 1.7 + i * 2.3)),
  );

/** Two bidirectional layers over one sample. */
function reference(
  step: Step,
  sequence: Vector[],
  h0: Tensor,
  c0: Tensor,
  weights: Tensor[],
): { output: Vector[]; last: Vector[] } {
  let output = sequence;
  const last: Vector[] = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    const sides = [0, 1].map((direction) => {
      const cell = layer * DIRECTIONS + direction;
      const part = ({ data }: Tensor): Vector => [...data.slice(cell * HIDDEN, (cell + 1) * HIDDEN)];
      let state = { h: part(h0), c: part(c0) };
      const order = [...output.keys()];
      const result: Vector[] = [];
      for (const t of direction === 1 ? order.reverse() : order) {
        state = step(output[t], state.h, state.c, weights.slice(cell * 4, cell * 4 + 4));
        result[t] = state.h;
      }
      last.push(state.h);
      return result;
    });
    output = output.map((_, t) => [...sides[0][t], ...sides[1][t]]);
  }
  return { output, last };
}

describe("recurrent layers of ATen", () => {
  const cells: [string, number, Step, boolean][] = [
    ["lstm.input", 4, lstm, true],
    ["gru.input", 3, gru, false],
    ["rnn_tanh.input", 1, rnn, false],
  ];
  for (const [operator, gates, step, twoStates] of cells) {
    for (const result of ["output", "last"] as const) {
      it(`${operator}, two bidirectional layers, batch first: ${result}`, () => {
        const weights = Array.from({ length: LAYERS * DIRECTIONS }, (_, cell) => {
          const width = cell < DIRECTIONS ? FEATURES : HIDDEN * DIRECTIONS;
          const rows = gates * HIDDEN;
          return [[rows, width], [rows, HIDDEN], [rows], [rows]].map((shape, i) =>
            values(shape, cell * 4 + i),
          );
        }).flat();
        const [h, c] = [
          values([LAYERS * DIRECTIONS, 1, HIDDEN], 91),
          values([LAYERS * DIRECTIONS, 1, HIDDEN], 92),
        ];
        const x = values([1, LENGTH, FEATURES], 90);
        const names = weights.map((_, i) => `w${i}`);
        const constants: Tensors = { h, c, ...Object.fromEntries(weights.map((w, i) => [`w${i}`, w])) };
        const node: Node = [
          operator,
          {
            input: "%x",
            hx: twoStates ? ["%h", "%c"] : "%h",
            params: names.map((name) => `%${name}`),
            has_biases: true,
            num_layers: LAYERS,
            dropout: { float: 0 },
            train: false,
            bidirectional: true,
            batch_first: true,
          },
          result === "output" ? ["y", "hn", "cn"] : ["out", "y", "cn"],
        ];
        const actual = run([node], { x }, constants);
        const sequence = Array.from({ length: LENGTH }, (_, t) => [
          ...x.data.slice(t * FEATURES, (t + 1) * FEATURES),
        ]);
        const expected = reference(step, sequence, h, c, weights)[result];
        expect(actual.shape).to.deep.equal(result === "output" ? [1, LENGTH, 2 * HIDDEN] : [4, 1, HIDDEN]);
        expected.flat().forEach((value, i) => expectNear(actual.data[i], value, 1e-12));
      });
    }
  }
});
