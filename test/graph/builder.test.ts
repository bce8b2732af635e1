import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { interpret } from "../../src/graph/interpret.js";
import { tensor } from "../../src/tensor/tensor.js";
import { OperatorError } from "../../src/errors/operatorError.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

const type = { dtype: "float", shape: [2] } as const;

describe("GraphBuilder", () => {
  it("names nodes after their module, each differently", () => {
    const b = new GraphBuilder();
    const x = b.input("x", type);
    b.module = "block.0";
    b.apply("relu", [b.apply("relu", [x])]);
    const graph = b.finish([{ name: "y", id: b.apply("relu", [x]) }]);
    expect(graph.nodes.map(({ name }) => name)).to.deep.equal([
      "block.0.relu",
      "block.0.relu_1",
      "block.0.relu_2",
    ]);
    expect(graph.outputs[0].id).to.equal("y");
  });

  it("computes constants at once", () => {
    const b = new GraphBuilder();
    const sum = b.apply("add", [b.scalar(2), b.scalar(3)]);
    expect([...b.constantOf(sum)!.data]).to.deep.equal([5]);
    expect(b.producerOf(sum)).to.equal(undefined);
  });

  it("gives outputs their names, whatever they are", () => {
    const b = new GraphBuilder();
    const x = b.input("x", type);
    const r = b.apply("relu", [x], {}, "y");
    const graph = b.finish([
      { name: "same", id: x },
      { name: "first", id: r },
      { name: "second", id: r },
      { name: "y", id: b.apply("exp", [r]) },
    ]);
    const outputs = interpret(graph, { x: tensor("float", [2], [-1, 1]) });
    expect([...outputs].map(([name, { data }]) => [name, Math.round(data[1])])).to.deep.equal([
      ["same", 1],
      ["first", 1],
      ["second", 1],
      ["y", 3],
    ]);
    expect(new Set(graph.nodes.flatMap((node) => node.outputs)).size).to.equal(graph.nodes.length);
  });

  const refused: [string, (b: GraphBuilder, x: string) => unknown][] = [
    ["an operator that does not exist", (b, x) => b.apply("nothing", [x])],
    ["a value that does not exist", (b) => b.apply("relu", ["nothing"])],
    ["a tensor of 10^9 elements", (b, x) => b.apply("expand", [x], { shape: [1e9, 2] })],
    [
      "work without end on a constant",
      (b) => {
        const big = b.apply("expand", [b.scalar(1)], { shape: [4096, 4096] });
        return b.apply("matmul", [big, big]);
      },
    ],
    ["an output that is an input's name", (b, x) => b.finish([{ name: "x", id: b.apply("relu", [x]) }])],
    ["an output that depends on nothing", (b) => b.finish([{ name: "y", id: b.scalar(1) }])],
  ];
  for (const [what, run] of refused) {
    it(`refuses ${what}`, () => {
      const b = new GraphBuilder();
      const x = b.input("x", type);
      expect(() => run(b, x)).to.throw(OperatorError);
    });
  }
});

describe("interpret", () => {
  const b = new GraphBuilder();
  const x = b.input("x", type);
  const graph = b.finish([{ name: "y", id: b.apply("exp", [b.apply("relu", [x])]) }]);

  it("shows every value to an observer, in order", () => {
    const seen: string[] = [];
    interpret(graph, new Map([["x", tensor("float", [2], [0, 1])]]), { observe: (id) => seen.push(id) });
    expect(seen).to.deep.equal(["x", "relu", "y"]);
  });

  it("refuses a missing input and a wrong shape, by name", () => {
    expect(() => interpret(graph, {})).to.throw(
      Torch2CircomError,
      /Input "x" must be a tensor of shape \[2\], not absent/,
    );
    expect(() => interpret(graph, { x: tensor("float", [3]) })).to.throw(Torch2CircomError, /not \[3\]/);
  });

  it("names the layer that cannot take its input", () => {
    const g = new GraphBuilder();
    const i = g.input("i", { dtype: "int", shape: [1] });
    g.module = "embed";
    const table = g.constant(tensor("float", [2, 1], [5, 6]));
    const lookup = g.finish([{ name: "y", id: g.apply("gather", [table, i], { axis: 0 }) }]);
    expect([...interpret(lookup, { i: tensor("int", [1], [1]) }).get("y")!.data]).to.deep.equal([6]);
    expect(() => interpret(lookup, { i: tensor("int", [1], [2]) })).to.throw(
      Torch2CircomError,
      /Layer embed\.gather \(gather\) cannot be computed: index 2 is outside an axis of 2/,
    );
  });
});
