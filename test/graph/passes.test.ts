import { expect } from "chai";
import type { GraphBuilder } from "../../src/graph/builder.js";
import { interpret } from "../../src/graph/interpret.js";
import { dropIdentities } from "../../src/graph/passes/dropIdentities.js";
import { foldConstants } from "../../src/graph/passes/foldConstants.js";
import { foldInfinityTests } from "../../src/graph/passes/foldInfinityTests.js";
import { fuseAffine } from "../../src/graph/passes/fuseAffine.js";
import type { Pass } from "../../src/graph/passes/index.js";
import { linearizeMatmul } from "../../src/graph/passes/linearizeMatmul.js";
import { removeDeadCode } from "../../src/graph/passes/removeDeadCode.js";
import { shareEqualNodes } from "../../src/graph/passes/shareEqualNodes.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Shape, Tensor } from "../../src/tensor/types.js";
import { graphOf } from "../helpers/composites.js";
import { expectNear } from "../helpers/near.js";

const values = (shape: Shape, seed = 1): Tensor =>
  tensor(
    "float",
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 3),
  );

/** Applies the pass and checks that the graph still computes the same; returns its operators. */
function after(pass: Pass, graph: Graph): string[] {
  const result = removeDeadCode(pass(graph));
  const shape = graph.inputs[0].shape;
  for (const seed of [1, 2, 3]) {
    const inputs = { x: values(shape, seed) };
    const [before, now] = [interpret(graph, inputs).get("y")!, interpret(result, inputs).get("y")!];
    expect(now.shape).to.deep.equal(before.shape);
    now.data.forEach((value, i) => expectNear(value, before.data[i], 1e-6));
  }
  return result.nodes.map(({ op }) => op);
}

const c = (b: GraphBuilder, shape: Shape, seed = 7): ValueId => b.constant(values(shape, seed));
const conv = { stride: [1], padding: [1, 1], dilation: [1], groups: 1 };

describe("removeDeadCode", () => {
  it("removes nodes and constants that no output needs, and keeps inputs", () => {
    const graph = graphOf([2], (b, x) => {
      b.apply("exp", [b.apply("add", [x, c(b, [2])])]);
      return b.apply("relu", [x]);
    });
    expect(graph.nodes.length).to.equal(3);
    const result = removeDeadCode(graph);
    expect(result.nodes.map(({ op }) => op)).to.deep.equal(["relu"]);
    expect(result.constants.size).to.equal(0);
    expect([...result.types.keys()].sort()).to.deep.equal(["x", "y"]);
  });
});

describe("foldConstants", () => {
  it("evaluates what depends on no input", () => {
    // The builder folds at once, so the graph is written by hand.
    const node = { name: "n", op: "add", module: "", inputs: ["k", "k"], outputs: ["s"], attributes: {} };
    const type = { dtype: "float", shape: [1] } as const;
    const graph: Graph = {
      inputs: [{ id: "x", ...type }],
      outputs: [{ id: "y", ...type }],
      nodes: [node, { ...node, name: "m", op: "mul", inputs: ["x", "s"], outputs: ["y"] }],
      constants: new Map([["k", tensor("float", [1], [3])]]),
      types: new Map(["x", "k", "s", "y"].map((id) => [id, type])),
    };
    expect(after(foldConstants, graph)).to.deep.equal(["mul"]);
  });
});

describe("dropIdentities", () => {
  const identities: [string, (b: GraphBuilder, x: ValueId) => ValueId][] = [
    ["x + 0", (b, x) => b.apply("add", [b.scalar(0), x])],
    ["x - 0", (b, x) => b.apply("sub", [x, b.scalar(0)])],
    ["x · 1", (b, x) => b.apply("mul", [x, b.constant(tensor("float", [3], [1, 1, 1]))])],
    ["x / 1", (b, x) => b.apply("div", [x, b.scalar(1)])],
    ["a reshape to the same shape", (b, x) => b.apply("reshape", [x], { shape: [2, 3] })],
    ["a transpose that moves nothing", (b, x) => b.apply("transpose", [x], { perm: [0, 1] })],
    ["a slice of everything", (b, x) => b.apply("slice", [x], { start: [0, 0], step: [1, 1], size: [2, 3] })],
    ["padding by nothing", (b, x) => b.apply("pad", [x], { before: [0, 0], after: [0, 0], value: 1 })],
    ["a cast to the same type", (b, x) => b.apply("cast", [x], { to: "float" })],
    ["a concat with nothing", (b, x) => b.apply("concat", [c(b, [0, 3]), x], { axis: 0 })],
    ["a fixed choice", (b, x) => b.apply("where", [b.scalar(0, "bool"), b.scalar(1), x])],
  ];
  for (const [what, build] of identities) {
    it(`drops ${what}`, () => {
      expect(
        after(
          dropIdentities,
          graphOf([2, 3], (b, x) => b.apply("relu", [build(b, x)])),
        ),
      ).to.deep.equal(["relu"]);
    });
  }

  it("makes a product with 0 constant", () => {
    const graph = graphOf([2], (b, x) =>
      b.apply("add", [x, b.apply("mul", [b.apply("exp", [x]), b.scalar(0)])]),
    );
    expect(after(dropIdentities, dropIdentities(graph))).not.to.include("exp");
  });

  const others: [string, (b: GraphBuilder, x: ValueId) => ValueId][] = [
    ["a sum that broadcasts", (b, x) => b.apply("add", [x, b.constant(tensor("float", [2, 2, 3]))])],
    [
      "a slice that turns round",
      (b, x) => b.apply("slice", [x], { start: [0, 2], step: [1, -1], size: [2, 3] }),
    ],
    [
      "a transpose of a square",
      (b, x) => b.apply("transpose", [b.apply("matmul", [x, c(b, [3, 2])])], { perm: [1, 0] }),
    ],
  ];
  for (const [what, build] of others) {
    it(`keeps ${what}`, () => {
      const graph = graphOf([2, 3], build);
      expect(after(dropIdentities, graph)).to.deep.equal(graph.nodes.map(({ op }) => op));
    });
  }
});

describe("linearizeMatmul", () => {
  it("takes a constant matrix as weight", () => {
    expect(
      after(
        linearizeMatmul,
        graphOf([4, 2, 3], (b, x) => b.apply("matmul", [x, c(b, [3, 5])])),
      ),
    ).to.deep.equal(["linear"]);
  });

  it("leaves other products", () => {
    expect(
      after(
        linearizeMatmul,
        graphOf([3, 3], (b, x) => b.apply("matmul", [x, x])),
      ),
    ).to.deep.equal(["matmul"]);
    expect(
      after(
        linearizeMatmul,
        graphOf([2, 2, 3], (b, x) => b.apply("matmul", [x, c(b, [2, 3, 2])])),
      ),
    ).to.deep.equal(["matmul"]);
  });
});

describe("fuseAffine", () => {
  /** Batch norm over the channels of x [N, C, …]. */
  const norm = (b: GraphBuilder, x: ValueId, channels: number): ValueId =>
    b.apply("add", [b.apply("mul", [x, c(b, [channels, 1])]), c(b, [channels, 1], 8)]);

  it("folds batch norm into a convolution without bias", () => {
    const graph = graphOf([1, 2, 5], (b, x) => norm(b, b.apply("conv", [x, c(b, [4, 2, 3])], conv), 4));
    expect(after(fuseAffine, graph)).to.deep.equal(["conv"]);
  });

  it("folds it into a grouped convolution with bias, and keeps the layer's name", () => {
    const graph = graphOf([1, 2, 5], (b, x) => {
      b.module = "stem";
      const y = b.apply("conv", [x, c(b, [4, 1, 3]), c(b, [4])], { ...conv, groups: 2 });
      b.module = "bn";
      return norm(b, y, 4);
    });
    expect(after(fuseAffine, graph)).to.deep.equal(["conv"]);
    expect(fuseAffine(graph).nodes.map(({ name, module }) => [name, module])).to.deep.equal([
      ["stem.conv", "stem"],
    ]);
  });

  it("folds it into a transposed convolution, group by group", () => {
    const attributes = { stride: [2], padding: [1, 1], dilation: [1], groups: 2, outputPadding: [0] };
    const graph = graphOf([1, 4, 5], (b, x) =>
      norm(b, b.apply("convTranspose", [x, c(b, [4, 3, 3])], attributes), 6),
    );
    expect(after(fuseAffine, graph)).to.deep.equal(["convTranspose"]);
  });

  it("folds a bias and a division into a linear layer", () => {
    const graph = graphOf([2, 3], (b, x) => {
      const y = b.apply("add", [c(b, [4]), b.apply("linear", [x, c(b, [4, 3])])]);
      return b.apply("div", [b.apply("sub", [y, c(b, [1, 4], 9)]), b.scalar(2)]);
    });
    expect(after(fuseAffine, graph)).to.deep.equal(["linear"]);
  });

  const kept: [string, (b: GraphBuilder, x: ValueId) => ValueId][] = [
    [
      "a value that is read twice",
      (b, x) => {
        const y = b.apply("linear", [x, c(b, [3, 3])]);
        return b.apply("add", [b.apply("mul", [y, b.scalar(2)]), y]);
      },
    ],
    [
      "a constant that differs within a channel",
      (b, x) => b.apply("add", [b.apply("linear", [x, c(b, [3, 3])]), c(b, [2, 1])]),
    ],
    [
      "a constant that broadcasts the result",
      (b, x) => b.apply("add", [b.apply("linear", [x, c(b, [3, 3])]), c(b, [2, 1, 3])]),
    ],
    [
      "a constant that is divided",
      (b, x) => b.apply("sub", [c(b, [3]), b.apply("linear", [x, c(b, [3, 3])])]),
    ],
  ];
  for (const [what, build] of kept) {
    it(`does not touch ${what}`, () => {
      const graph = graphOf([2, 3], build);
      expect(after(fuseAffine, graph)).to.deep.equal(graph.nodes.map(({ op }) => op));
    });
  }
});

describe("shareEqualNodes", () => {
  const spread = (b: GraphBuilder, x: ValueId, axes: number[]): ValueId =>
    b.apply("sub", [x, b.apply("mean", [x], { axes, keepDims: true })]);

  it("computes the same once", () => {
    const graph = graphOf([2, 3], (b, x) => b.apply("mul", [spread(b, x, [1]), spread(b, x, [1])]));
    expect(after(shareEqualNodes, graph)).to.deep.equal(["mean", "sub", "mul"]);
  });

  it("tells apart what differs in an attribute, an infinite one too", () => {
    const graph = graphOf([2, 3], (b, x) => {
      const bounded = [Infinity, -Infinity].map((max) => b.apply("clamp", [x], { min: -Infinity, max }));
      return b.apply("mul", [
        b.apply("add", bounded),
        b.apply("add", [spread(b, x, [1]), spread(b, x, [0])]),
      ]);
    });
    const finite = graphOf([2, 3], (b, x) =>
      b.apply("mul", [b.apply("add", [spread(b, x, [1]), spread(b, x, [0])]), x]),
    );
    expect(removeDeadCode(shareEqualNodes(graph)).nodes.length).to.equal(graph.nodes.length);
    expect(after(shareEqualNodes, finite)).to.have.length(finite.nodes.length);
  });
});

describe("foldInfinityTests", () => {
  const isHidden = (b: GraphBuilder, x: ValueId): ValueId =>
    b.apply("cast", [b.apply("equal", [x, b.scalar(-Infinity)])], { to: "float" });
  const mask = tensor("float", [3], [0, -Infinity, 0]);

  it("decides by the mask that was added, through reshapes", () => {
    const graph = graphOf([2, 3], (b, x) => {
      const scores = b.apply("linear", [x, c(b, [3, 3])]);
      const masked = b.apply("reshape", [b.apply("add", [scores, b.constant(mask)])], { shape: [3, 2] });
      return b.apply("add", [isHidden(b, masked), b.apply("reshape", [x], { shape: [3, 2] })]);
    });
    expect(after(foldInfinityTests, graph)).to.deep.equal(["reshape", "add"]);
  });

  it("decides by the mask that chose", () => {
    const graph = graphOf([2, 3], (b, x) => {
      const masked = b.apply("where", [b.constant(tensor("bool", [3], [1, 0, 1])), x, b.scalar(-Infinity)]);
      return b.apply("add", [isHidden(b, masked), x]);
    });
    expect(after(foldInfinityTests, graph)).to.deep.equal(["add"]);
  });

  it("decides by the elements that the greatest is of", () => {
    const graph = graphOf([2, 3], (b, x) => {
      const most = b.apply("max", [b.apply("linear", [x, c(b, [3, 3])])], { axes: [1], keepDims: true });
      const infinite = b.apply("equal", [b.apply("abs", [most]), b.scalar(Infinity)]);
      return b.apply("add", [b.apply("cast", [infinite], { to: "float" }), x]);
    });
    expect(after(foldInfinityTests, graph)).to.deep.equal(["add"]);
  });

  it("leaves what may be infinite by itself", () => {
    const graph = graphOf([2], (b, x) =>
      b.apply("add", [isHidden(b, b.apply("log", [b.apply("relu", [x])])), x]),
    );
    expect(after(foldInfinityTests, graph)).to.include("equal");
  });
});
