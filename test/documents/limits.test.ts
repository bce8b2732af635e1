import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { interpret } from "../../src/graph/interpret.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { execute } from "../../src/program/execute.js";
import { dequantizeOutput, quantizeInputs } from "../../src/quantize/inputs.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

type Shapes = Readonly<Record<string, number[]>>;

function graphOf(shapes: Shapes, make: (b: GraphBuilder, ids: Record<string, ValueId>) => ValueId): Graph {
  const b = new GraphBuilder();
  const ids = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, b.input(name, { dtype: "float", shape })]),
  );
  b.module = "layer";
  return b.finish([{ name: "y", id: make(b, ids) }]);
}

/** Rows of one sample each. */
const rows = (...data: number[][]): Tensor[] => data.map((row) => tensor("float", [1, row.length], row));

const next = randomNumbers(12);
const random = (count: number, size: number): Tensor[] =>
  Array.from({ length: count }, () => randomTensor([1, size], next));

describe("the limits that docs/faithfulness.md gives an example of", () => {
  it("inputs beyond the samples", () => {
    const graph = graphOf({ x: [1, 2] }, (b, { x }) =>
      b.apply("linear", [x, b.constant(tensor("float", [1, 2], [1, 0.5]))]),
    );
    const years = Array.from({ length: 20 }, (_, i) => [1990 + (i * 20) / 19, i]);
    const { program } = integerModel(graph, { samples: { x: rows(...years) }, bits: {} });
    const give = () => quantizeInputs(program, new Map([["x", rows([2020, 0])[0]]]));
    expect(give).to.throw("x[0] = 2020 is outside the model's domain");
  });

  it("a sum below a step of the input", () => {
    const graph = graphOf({ x: [1, 3] }, (b, { x }) => {
      const positive = b.apply("relu", [x]);
      const sum = b.apply("sum", [positive], { axes: [1], keepDims: true });
      return b.apply("div", [positive, b.apply("add", [sum, b.scalar(1e-6)])]);
    });
    const samples = { x: [...rows([1e-6, -1, -1], [-1, 2e-7, -1]), ...random(30, 3)] };
    const { bits, notices } = integerModel(graph, { samples, bits: {} });
    expect(bits.inputBits).to.be.at.least(8);
    expect(notices.join()).to.match(/output "y" is off by up to .* % of its range/);
  });

  it("a pole that is narrower than a step", () => {
    const graph = graphOf({ x: [1, 3] }, (b, { x }) => {
      const square = b.apply("pow", [x], { exponent: 2 });
      return b.apply("div", [b.scalar(1), b.apply("add", [square, b.scalar(1e-9)])]);
    });
    const { notices } = integerModel(graph, { samples: { x: [...rows([1e-5, 3e-5, 0]), ...random(30, 3)] } });
    expect(notices.join()).to.match(/is off by up to .* the most is lost at \S*layer/);
  });

  it("a comparison within a step", () => {
    const graph = graphOf({ x: [1, 2] }, (b, { x }) => {
      const part = (start: number) =>
        b.apply("slice", [x], { start: [0, start], size: [1, 1], step: [1, 1] });
      return b.apply("cast", [b.apply("less", [part(0), part(1)])], { to: "float" });
    });
    const close = Array.from({ length: 16 }, (_, i) => [i / 16, i / 16 + 1e-4]);
    const { accuracy, notices } = integerModel(graph, { samples: { x: rows(...close, [1, -1]) } });
    expect(accuracy.outputs[0].greatestError).to.equal(1);
    expect(notices.join()).to.contain("is off by up to");
  });

  it("a divisor of both signs", () => {
    const graph = graphOf({ x: [1, 3], z: [1, 3] }, (b, { x, z }) => b.apply("div", [x, z]));
    expect(() => integerModel(graph)).to.throw("its divisor takes both signs or 0 on the samples");
  });

  it("a row that a computed mask hides altogether", () => {
    const graph = graphOf({ x: [1, 3], mask: [1, 3] }, (b, { x, mask }) => {
      const away = b.apply("mul", [b.apply("sub", [b.scalar(1), mask]), b.scalar(-1e9)]);
      return b.apply("softmax", [b.apply("add", [x, away])], { axis: 1 });
    });
    const masks = [[1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 1]]; // prettier-ignore
    const samples = { x: random(4, 3), mask: rows(...masks) };
    const { program } = integerModel(graph, { samples });
    const shares = (x: Tensor, mask: Tensor) => {
      const integers = execute(program, quantizeInputs(program, new Map(Object.entries({ x, mask }))));
      return dequantizeOutput(program.outputs[0], integers[program.outputs[0].tensor]);
    };
    const [x] = samples.x as [Tensor];
    const [none, all] = [rows([0, 0, 0])[0], rows([1, 1, 1])[0]];
    for (const share of shares(x, none)) expect(Math.abs(share - 1 / 3)).to.be.lessThan(0.01);
    const floats = interpret(graph, { x, mask: all }).get("y")!.data;
    floats.forEach((share, i) => expect(Math.abs(share - shares(x, all)[i])).to.be.lessThan(0.02));
  });
});
