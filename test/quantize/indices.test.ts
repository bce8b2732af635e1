import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { simplify } from "../../src/graph/passes/index.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { DType, Shape } from "../../src/tensor/types.js";
import type { ValueId } from "../../src/graph/types.js";
import { add, clamp, mul, remainder, roundedDiv, sub } from "../../src/import/compose/arithmetic.js";
import { cast, reshape } from "../../src/import/compose/movement.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

/** An index that is computed of an input x from `lo` to `hi`, into a table of some rows. */
interface Computed {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly range: readonly [lo: number, hi: number];
  readonly rows: number;
  readonly index: (b: GraphBuilder, x: ValueId) => ValueId;
}

const whole = { dtype: "int", shape: [4] } as const;
const int = (b: GraphBuilder, value: number): ValueId => b.scalar(value, "int");

const computed: Readonly<Record<string, Computed>> = {
  "a remainder": {
    ...whole,
    range: [0, 90],
    rows: 7,
    index: (b, x) => remainder(b, x, int(b, 7), "floor"),
  },
  "a quotient without its rest": {
    ...whole,
    range: [0, 34],
    rows: 5,
    index: (b, x) => cast(b, roundedDiv(b, x, int(b, 7), "trunc"), "int"),
  },
  "a number that is cut off": {
    ...whole,
    range: [-3, 20],
    rows: 7,
    index: (b, x) => clamp(b, x, 0, 6),
  },
  "a distance that is cut off": {
    ...whole,
    range: [0, 15],
    rows: 5,
    index: (b, x) => add(b, clamp(b, sub(b, reshape(b, x, [4, 1]), reshape(b, x, [1, 4])), -2, 2), int(b, 2)),
  },
  "a distance from the end of the table": {
    ...whole,
    range: [0, 3],
    rows: 4,
    index: (b, x) => sub(b, reshape(b, x, [4, 1]), reshape(b, x, [1, 4])),
  },
  "the place among tokens that are not padding": {
    ...whole,
    range: [1, 4],
    rows: 8,
    index(b, x) {
      const hidden = b.apply("equal", [x, int(b, 1)]);
      const seen = cast(b, b.apply("equal", [hidden, b.scalar(0, "bool")]), "int");
      return add(b, mul(b, b.apply("cumSum", [seen], { axis: 0 }), seen), int(b, 1));
    },
  },
  "a bucket of a number": {
    dtype: "float",
    shape: [3],
    range: [0.5, 9.5],
    rows: 10,
    index: (b, x) => cast(b, clamp(b, x, 0, 9), "int"),
  },
};

describe("indices that are computed", () => {
  for (const [name, { dtype, shape, range, rows, index }] of Object.entries(computed))
    it(`choose from a table: ${name}`, () => {
      const next = randomNumbers(8);
      const b = new GraphBuilder();
      const x = b.input("x", { dtype, shape });
      const table = b.constant(randomTensor([rows, 2], next));
      const graph = simplify(
        b.finish([{ name: "y", id: b.apply("gather", [table, index(b, x)], { axis: 0 }) }]),
      );
      const [lo, hi] = range;
      const samples = Array.from({ length: 40 }, () => {
        const { data } = randomTensor(shape, next);
        // A number is in the middle of its bucket.
        return tensor(
          dtype,
          shape,
          data.map((v) => lo + Math.round(((v + 1) / 2) * (hi - lo))),
        );
      });
      const { accuracy } = integerModel(graph, { samples: { x: samples } });
      expect(accuracy.outputs[0].greatestError).to.be.lessThan(0.01);
    });

  it("choose whole numbers exactly", () => {
    const b = new GraphBuilder();
    const x = b.input("x", { dtype: "int", shape: [1] });
    const labels = b.constant(tensor("int", [4], [10, 20, 37, 1000]));
    const graph = b.finish([{ name: "y", id: b.apply("gather", [labels, x], { axis: 0 }) }]);
    const samples = { x: [0, 1, 2, 3].map((i) => tensor("int", [1], [i])) };
    const { accuracy, notices } = integerModel(graph, { samples });
    expect(accuracy.maxAbsIntegerError).to.equal(0);
    expect(notices).to.deep.equal([]);
  });
});
