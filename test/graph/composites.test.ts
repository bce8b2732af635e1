import { expect } from "chai";
import type { GraphBuilder } from "../../src/graph/builder.js";
import { interpret } from "../../src/graph/interpret.js";
import { simplify } from "../../src/graph/passes/index.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Shape, Tensor } from "../../src/tensor/types.js";
import * as c from "../helpers/composites.js";
import { exponentials, norms } from "../helpers/rowComposites.js";
import { expectNear } from "../helpers/near.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

const SHAPE = [2, 3, 4];

/** Samples of a shape: random ones of several sizes, and such as hold zeros, equal elements and steps of a function. */
function samplesOf(shape: Shape): Tensor[] {
  const next = randomNumbers(3);
  const scaled = [0.01, 1, 5, 30].map((scale) => {
    const sample = randomTensor(shape, next);
    return { ...sample, data: sample.data.map((v) => v * scale) };
  });
  const edges = [-20, -3, -1, 0, 0.5, 1, 3, 6, 10, 20, 20.5, 25];
  const edge = { ...scaled[0], data: scaled[0].data.map((_, i) => edges[i % edges.length]) };
  const flat = { ...edge, data: edge.data.map((_, i) => 1 + Math.floor(i / shape.at(-1)!)) };
  return [...scaled, edge, flat];
}

/** The graph's operators after all passes, which must not change what it computes. */
function simplified(graph: Graph, tolerance = 1e-9): string[] {
  const result = simplify(graph);
  for (const x of samplesOf(graph.inputs[0].shape)) {
    const [before, now] = [graph, result].map((g) => interpret(g, { x }).get("y")!);
    expect(now.shape).to.deep.equal(before.shape);
    before.data.forEach((value, i) =>
      expectNear(now.data[i], value, tolerance * Math.max(1, Math.abs(value)), `element ${i}`),
    );
  }
  return result.nodes.map(({ op }) => op);
}

const cut = (b: GraphBuilder, x: ValueId, i: number): ValueId =>
  b.apply("slice", [x], { start: [i, 0, 0], step: [1, 1, 1], size: [1, 3, 4] });

describe("functions that were written out", () => {
  for (const { name, ops, build } of c.functions) {
    // Constants of float32 are told from those that they stand for by no more than their precision.
    const tolerance = name.includes("float32") ? 1e-7 : 1e-9;
    it(name, () => {
      expect(simplified(c.graphOf(SHAPE, build), tolerance)).to.deep.equal(ops);
      const behind = c.graphOf(SHAPE, (b, x) => build(b, b.apply("sin", [b.apply("relu", [x])])));
      // A function of a function is a function; what scales its result is free.
      const tables = simplified(behind, tolerance).filter((op) => op !== "mul" && op !== "div");
      expect(tables).to.deep.equal(["relu", "function"]);
    });
  }

  it("takes softplus for what it means where its exponential overflows", () => {
    const graph = simplify(c.graphOf([3], c.functions[0].build));
    const y = interpret(graph, { x: tensor("float", [3], [-1e4, 0, 1e4]) }).get("y")!;
    expect([...y.data]).to.deep.equal([0, Math.LN2, 1e4]);
  });

  it("tells functions apart that are nearly the same", () => {
    const near: [string, (b: GraphBuilder, x: ValueId) => ValueId][] = [
      ["x · sigmoid(2x)", (b, x) => c.mul(b, x, c.sigmoid(b, c.mul(b, x, 2)))],
      ["x · (1 + erf x) / 2", (b, x) => c.mul(b, c.mul(b, x, c.add(b, c.erf(b, x), 1)), 0.5)],
      ["2x · sigmoid(x)", (b, x) => c.mul(b, c.mul(b, x, 2), c.sigmoid(b, x))],
      [
        "silu that ends",
        (b, x) => b.apply("where", [c.less(b, x, 100), c.mul(b, x, c.sigmoid(b, x)), b.scalar(0)]),
      ],
    ];
    for (const [name, build] of near)
      expect(simplified(c.graphOf(SHAPE, build)), name).to.include("function");
  });

  it("keeps what is added to a function, or is its floor, however small", () => {
    for (const least of [1e-12, 1e-9, 1e-8]) {
      const floors: ((b: GraphBuilder, x: ValueId) => ValueId)[] = [
        (b, x) => c.where(b, c.less(b, least, x), x, least),
        (b, x) => c.add(b, c.where(b, c.less(b, 0, x), x, 0), least),
        (b, x) => c.add(b, c.log(b, c.add(b, c.exp(b, x), 1)), least),
        (b, x) => c.add(b, c.mul(b, c.abs(b, x), c.sigmoid(b, c.mul(b, x, 50))), least),
      ];
      floors.forEach((build, i) => {
        const graph = simplify(c.graphOf([1], build));
        const y = interpret(graph, { x: tensor("float", [1], [-40]) }).get("y")!.data[0];
        expectNear(y / least, 1, 1e-3, `function ${i}`);
      });
    }
  });

  it("takes a bound for what it is, however far away", () => {
    for (const far of [1e6, 5e7, 1e12]) {
      const bounds: [(b: GraphBuilder, x: ValueId) => ValueId, readonly number[]][] = [
        [(b, x) => c.where(b, c.less(b, x, far), far, x), [far, far, 3 * far]],
        [(b, x) => c.where(b, c.less(b, x, far), x, far), [-3 * far, 0, far]],
        [(b, x) => c.where(b, c.less(b, x, 2), 2, c.clamp(b, x, -far, far)), [2, 2, far]],
      ];
      for (const [build, expected] of bounds) {
        const graph = simplify(c.graphOf([3], build));
        const y = interpret(graph, { x: tensor("float", [3], [-3 * far, 0, 3 * far]) }).get("y")!;
        expect([...y.data]).to.deep.equal(expected);
      }
    }
  });

  const kept: [string, readonly string[], (b: GraphBuilder, x: ValueId) => ValueId][] = [
    [
      "a ReLU that is scaled and shifted",
      ["mul", "relu", "add"],
      (b, x) => c.add(b, c.relu(b, c.mul(b, x, 2)), 1),
    ],
    [
      "a parametric ReLU",
      ["relu", "sub", "mul", "add"],
      (b, x) => c.add(b, c.relu(b, x), c.mul(b, 0.2, c.sub(b, x, c.relu(b, x)))),
    ],
    ["one table between constants", ["mul", "exp", "mul"], (b, x) => c.mul(b, c.exp(b, c.mul(b, x, 0.1)), 3)],
    ["a table behind a ReLU", ["relu", "exp"], (b, x) => c.exp(b, c.relu(b, x))],
    ["a polynomial", ["mul", "add"], (b, x) => c.add(b, c.mul(b, x, x), x)],
    ["half of a number", ["div", "sub"], (b, x) => c.sub(b, x, c.div(b, x, 2))],
    [
      "a gate of another value",
      ["slice", "slice", "sigmoid", "mul"],
      (b, x) => c.mul(b, cut(b, x, 0), c.sigmoid(b, cut(b, x, 1))),
    ],
    [
      "constants that differ between elements",
      ["exp", "add", "log"],
      (b, x) => c.log(b, c.add(b, c.exp(b, x), b.constant(tensor("float", [4], [1, 2, 3, 4])))),
    ],
    [
      "what one number is told from all others by",
      ["equal", "where"],
      (b, x) => b.apply("where", [b.apply("equal", [x, b.scalar(7)]), b.scalar(1), b.scalar(0)]),
    ],
    [
      "a mask and what it chooses",
      ["equal", "where"],
      (b, x) => b.apply("where", [b.apply("equal", [x, b.scalar(0)]), b.scalar(-1), b.scalar(2)]),
    ],
  ];
  for (const [name, ops, build] of kept)
    it(`leaves ${name}`, () => expect(simplified(c.graphOf(SHAPE, build))).to.deep.equal(ops));

  it("leaves a product with a function that is needed anyway", () => {
    const shared = c.graphOf(SHAPE, (b, x) => {
      const gate = c.sigmoid(b, x);
      return b.apply("concat", [gate, c.mul(b, x, gate)], { axis: 0 });
    });
    expect(simplified(shared)).to.deep.equal(["sigmoid", "mul", "concat"]);
  });

  it("looks two functions up from the number that both are of", () => {
    const both = c.graphOf(SHAPE, (b, x) => {
      const exp = c.exp(b, x);
      const more = c.add(b, exp, 1);
      return b.apply("concat", [c.log(b, more), c.div(b, exp, more)], { axis: 0 });
    });
    expect(simplified(both).sort()).to.deep.equal(["concat", "sigmoid", "softplus"]);
  });
});

describe("functions of rows that were written out", () => {
  for (const { name, ops, build } of [...exponentials, ...norms])
    it(name, () => expect(simplified(c.graphOf(SHAPE, build))).to.deep.equal(ops));

  const square = (b: GraphBuilder, x: ValueId): ValueId => c.mul(b, x, x);
  const root = (b: GraphBuilder, x: ValueId): ValueId => c.pow(b, x, 0.5);
  const turned = (b: GraphBuilder, x: ValueId): ValueId =>
    b.apply("slice", [x], { start: [1, 0, 0], step: [-1, 1, 1], size: [2, 3, 4] });
  const others: [string, (b: GraphBuilder, x: ValueId) => ValueId][] = [
    ["shares in the sum of others", (b, x) => c.div(b, c.exp(b, x), c.sum(b, c.exp(b, turned(b, x))))],
    [
      "shares in a sum with a constant",
      (b, x) => c.div(b, c.exp(b, x), c.add(b, c.sum(b, c.exp(b, x)), 0.1)),
    ],
    ["x - log Σ e^y", (b, x) => c.sub(b, x, c.log(b, c.sum(b, c.exp(b, turned(b, x)))))],
    [
      "rows divided by the norm of others",
      (b, x) => c.div(b, x, root(b, c.add(b, c.sum(b, square(b, turned(b, x))), 1))),
    ],
    [
      "a norm with a vector for epsilon",
      (b, x) => {
        const epsilon = b.constant(tensor("float", [3, 1], [1, 2, 3]));
        return c.div(b, x, root(b, c.add(b, c.sum(b, square(b, x)), epsilon)));
      },
    ],
    [
      "a division by a norm and a constant that counts",
      (b, x) => c.div(b, x, c.add(b, root(b, c.sum(b, square(b, x))), 1)),
    ],
    [
      "a norm of x - mean over another axis",
      (b, x) => {
        const centered = c.sub(b, x, c.mean(b, x, [1]));
        return c.div(b, centered, root(b, c.add(b, c.mean(b, square(b, centered)), 1)));
      },
    ],
  ];
  for (const [name, build] of others)
    it(`leaves ${name}`, () => {
      const ops = simplified(c.graphOf(SHAPE, build));
      for (const op of ["softmax", "logSoftmax", "layerNorm", "l2Norm"]) expect(ops).not.to.include(op);
      if (!name.includes("mean over")) expect(ops).not.to.include("rmsNorm");
    });

  it("leaves sums that meet other rows than their own", () => {
    const graph = c.graphOf([4, 4], (b, x) => c.div(b, c.exp(b, x), c.sum(b, c.exp(b, x), [1], false)));
    expect(simplified(graph)).not.to.include("softmax");
    const norm = c.graphOf([4, 4], (b, x) =>
      c.div(b, x, root(b, c.add(b, c.sum(b, square(b, x), [1], false), 1e-3))),
    );
    expect(simplified(norm)).not.to.include("rmsNorm");
  });

  it("divides a row of zeros by epsilon", () => {
    for (const { name, build } of norms) {
      const graph = c.graphOf(SHAPE, build);
      const x = tensor("float", SHAPE);
      const [before, now] = [graph, simplify(graph)].map((g) => interpret(g, { x }).get("y")!);
      expect([...now.data], name).to.deep.equal([...before.data]);
    }
  });
});
