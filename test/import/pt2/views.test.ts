import { expect } from "chai";
import type { Tensor } from "../../../src/tensor/types.js";
import { float, run, type Node } from "./program.js";

const x = float([2, 3], 1, -2, 3, -4, 5, -6);

describe("in-place operators on shared memory", () => {
  const expected = (nodes: Node[], data: number[], input: Tensor = x): void => {
    expect([...run(nodes, { x: input }).data]).to.deep.equal(data);
  };
  const copy: Node = ["mul.Tensor", { self: "%x", other: 1 }, ["a"]];

  it("change the tensor itself", () => {
    expected(
      [copy, ["relu_.default", { self: "%a" }, ["r"]], ["add.Tensor", { self: "%a", other: "%r" }]],
      [2, 0, 6, 0, 10, 0],
    );
  });

  it("change every view of it", () => {
    expected(
      [
        copy,
        ["t.default", { self: "%a" }, ["v"]],
        ["relu_.default", { self: "%a" }, ["r"]],
        ["neg.default", { self: "%v" }],
      ],
      [-1, -0, -0, -5, -3, -0],
    );
  });

  it("change what they are a view of", () => {
    expected(
      [
        copy,
        ["select.int", { self: "%a", dim: 1, index: 2 }, ["v"]],
        ["fill_.Scalar", { self: "%v", value: 9 }, ["r"]],
        ["neg.default", { self: "%a" }],
      ],
      [-1, 2, -9, 4, -5, -9],
    );
  });

  it("change through views of views, and their siblings", () => {
    expected(
      [
        copy,
        ["view.default", { self: "%a", size: [6] }, ["flat"]],
        ["slice.Tensor", { self: "%a", dim: 1, start: 1 }, ["part"]],
        ["select.int", { self: "%part", dim: 0, index: 0 }, ["row"]],
        ["zero_.default", { self: "%row" }, ["r"]],
        ["mul_.Tensor", { self: "%r", other: 2 }, ["r2"]],
        ["neg.default", { self: "%flat" }],
      ],
      [-1, -0, -0, 4, -5, 6],
    );
  });

  it("leave copies alone", () => {
    expected(
      [
        copy,
        ["clone.default", { self: "%a" }, ["c"]],
        ["relu_.default", { self: "%a" }, ["r"]],
        ["neg.default", { self: "%c" }],
      ],
      [-1, 2, -3, 4, -5, 6],
    );
  });

  it("are refused where memory may or may not be shared", () => {
    const nodes: Node[] = [
      copy,
      ["reshape.default", { self: "%a", shape: [6] }, ["v"]],
      ["relu_.default", { self: "%v" }, ["r"]],
      ["neg.default", { self: "%a" }],
    ];
    // Nothing is known of a's strides in this program.
    expect(() => run(nodes, { x })).to.throw(/memory that a reshape may share/);
  });
});
