import { expect } from "chai";
import { type GraphBuilder, GraphBuilder as Builder } from "../../src/graph/builder.js";
import { interpret } from "../../src/graph/interpret.js";
import { computedIndices } from "../../src/graph/passes/computedIndices.js";
import { computedWeights } from "../../src/graph/passes/computedWeights.js";
import { simplify } from "../../src/graph/passes/index.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Shape, Tensor } from "../../src/tensor/types.js";
import { integerModel } from "../helpers/integers.js";
import { expectNear } from "../helpers/near.js";
import { numbers } from "../operators/toIntegers.js";

type Inputs = Readonly<Record<string, Shape>>;

/** A graph of float inputs and one of indices. */
function graphOf(
  inputs: Inputs,
  indices: Shape | undefined,
  build: (b: GraphBuilder, ids: readonly ValueId[]) => ValueId,
): Graph {
  const b = new Builder();
  const ids = Object.entries(inputs).map(([name, shape]) => b.input(name, { dtype: "float", shape }));
  if (indices !== undefined) ids.push(b.input("index", { dtype: "int", shape: indices }));
  return b.finish([{ name: "result", id: build(b, ids) }]);
}

/** Samples: floats in [-2, 2], indices of [low, high). */
function samplesOf({ inputs }: Graph, [low, high]: readonly [number, number]): Record<string, Tensor[]> {
  return Object.fromEntries(
    inputs.map(({ id, dtype, shape }, i) => {
      const range = dtype === "int" ? ([low, high] as const) : ([-2, 2] as const);
      const sample = (seed: number): Tensor => {
        const data = numbers(sizeOf(shape), 31 * seed + i, range);
        return { dtype, shape, data: dtype === "int" ? data.map(Math.floor) : data };
      };
      return [id, Array.from({ length: 16 }, (_, n) => sample(n + 1))];
    }),
  );
}

/** The graph without such nodes computes the same, and has integers that are near. */
function holds(graph: Graph, range: readonly [number, number] = [0, 2]): void {
  const samples = samplesOf(graph, range);
  const without = computedWeights(computedIndices(graph));
  for (let n = 0; n < 16; n++) {
    const sample = Object.fromEntries(Object.entries(samples).map(([id, tensors]) => [id, tensors[n]]));
    const [before, after] = [graph, without].map((g) => interpret(g, sample).get("result")!);
    expect(after.shape).to.deep.equal(before.shape);
    expect(after.dtype).to.equal(before.dtype);
    after.data.forEach((value, i) => expectNear(value, before.data[i], 1e-9));
  }
  const { accuracy } = integerModel(simplify(graph), { samples });
  expect(accuracy.outputs[0].greatestError).to.be.below(0.05);
}

describe("weights that are computed", () => {
  it("are the factors of a linear layer, also with a constant input or a computed bias only", () => {
    holds(graphOf({ x: [2, 3], w: [4, 3], b: [4] }, undefined, (b, ids) => b.apply("linear", ids)));
    holds(
      graphOf({ w: [4, 3] }, undefined, (b, [w]) => {
        return b.apply("linear", [b.constant(tensor("float", [2, 3], [1, -2, 3, 0.5, 0, -1])), w]);
      }),
    );
    holds(
      graphOf({ x: [2, 2], b: [2] }, undefined, (b, [x, bias]) => {
        return b.apply("linear", [x, b.constant(tensor("float", [2, 2], [1, -2, 3, 0.5])), bias]);
      }),
    );
  });

  it("are the kernels of a convolution in groups with padding, strides and dilation", () => {
    const attributes = { stride: [2, 1], padding: [1, 0, 1, 1], dilation: [1, 2], groups: 2 };
    holds(
      graphOf({ x: [2, 4, 5, 4], w: [6, 2, 3, 2], b: [6] }, undefined, (b, ids) => {
        return b.apply("conv", ids, attributes);
      }),
    );
  });

  it("are the kernels of a transposed convolution", () => {
    const attributes = { stride: [2], padding: [1, 0], dilation: [1], groups: 2, outputPadding: [1] };
    holds(
      graphOf({ x: [2, 4, 3], w: [4, 3, 3], b: [6] }, undefined, (b, ids) => {
        return b.apply("convTranspose", ids, attributes);
      }),
    );
  });

  it("are the scale and the shift of a norm", () => {
    holds(
      graphOf({ x: [3, 4], w: [4], b: [4] }, undefined, (b, ids) => {
        return b.apply("layerNorm", ids, { dims: 1, epsilon: 1e-5 });
      }),
    );
  });
});

describe("indices that are computed", () => {
  it("choose slices along any axis", () => {
    for (const axis of [0, 1, 2])
      holds(graphOf({ x: [2, 3, 4] }, [2, 2], (b, [x, index]) => b.apply("gather", [x, index], { axis })));
  });

  it("choose from a constant along any axis", () => {
    const table = tensor("float", [2, 3, 2], numbers(12, 5));
    for (const axis of [0, 1, 2])
      holds(graphOf({}, [3], (b, [index]) => b.apply("gather", [b.constant(table), index], { axis })));
  });

  it("choose elements, fewer along the other axes than there are", () => {
    for (const axis of [0, 1])
      holds(
        graphOf({ x: [3, 4] }, [2, 3], (b, [x, index]) => {
          return b.apply("gatherElements", [x, index], { axis });
        }),
      );
  });

  it("count from the end where they are negative: on integers only where they are not inputs themselves", () => {
    const build = (b: GraphBuilder, [x, index]: readonly ValueId[]) =>
      b.apply("gather", [x, index], { axis: 0 });
    const ofInput = graphOf({ x: [3, 4] }, [2], build);
    const sample = { x: tensor("float", [3, 4], numbers(12, 3)), index: tensor("int", [2], [-1, -3]) };
    const [before, after] = [ofInput, computedIndices(ofInput)].map((g) =>
      interpret(g, sample).get("result"),
    );
    expect(after).to.deep.equal(before);
    expect(() => integerModel(simplify(ofInput), { samples: samplesOf(ofInput, [-3, 0]) })).to.throw(
      /outside the model's domain \[0, 2\]/,
    );
    holds(
      graphOf({ x: [3, 4] }, [2], (b, [x, index]) => {
        return b.apply("gather", [x, b.apply("abs", [b.apply("add", [index, b.scalar(1, "int")])])], {
          axis: 0,
        });
      }),
    );
    holds(
      graphOf({ x: [3, 4] }, [2], (b, [x, index]) => {
        const places = b.apply("mul", [index, b.scalar(-1, "int")]);
        return b.apply("gather", [x, places], { axis: 1 });
      }),
      [0, 4],
    );
  });

  it("are those of an input only as far as there is something to choose", () => {
    const graph = graphOf({ x: [3, 4] }, [2], (b, [x, index]) => b.apply("gather", [x, index], { axis: 0 }));
    const { program } = integerModel(simplify(graph), { samples: samplesOf(graph, [0, 2]) });
    const input = program.inputs.find(({ name }) => name === "index")!;
    expect(program.operations[input.tensor]).to.include({ lo: 0, hi: 2 });
  });

  it("have nothing to choose along an axis of one", () => {
    const graph = graphOf({ x: [1, 4] }, [2], (b, [x, index]) => b.apply("gather", [x, index], { axis: 0 }));
    expect(computedIndices(graph).nodes.map(({ op }) => op)).to.deep.equal(["gather"]);
  });
});
