import { intOf } from "../../operators/attributes.js";
import type { GraphBuilder } from "../builder.js";
import { sizeOf, tensor } from "../../tensor/tensor.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import type { DType } from "../../tensor/types.js";
import { rewrite } from "./rewrite.js";

/**
 * Choices by computed indices that are not those of tables: of computed values the sum x · (index == 0, 1, …), of a
 * constant along another axis than the first a table that lies on its side.
 */
export function computedIndices(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder: b }) => {
    const [x, index] = inputs as [ValueId, ValueId];
    if (!(node.op in expressions) || b.constantOf(index) !== undefined) return undefined;
    const axis = (intOf(node.attributes, "axis") + b.shapeOf(x).length) % b.shapeOf(x).length;
    // Along an axis of one there is nothing to choose.
    if (b.shapeOf(x)[axis] === 1)
      return [b.apply(node.op, [x, b.constant(tensor("int", b.shapeOf(index)))], node.attributes, node.name)];
    return expressions[node.op](b, node, x, index, axis);
  });
}

type Expression = (
  b: GraphBuilder,
  node: GraphNode,
  x: ValueId,
  index: ValueId,
  axis: number,
) => ValueId[] | undefined;

const expressions: Readonly<Record<string, Expression>> = {
  gather(b, { name }, x, index, axis) {
    const isConstant = b.constantOf(x) !== undefined;
    if (isConstant && axis === 0) return undefined;
    const { dtype, shape } = b.typeOf(x);
    const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
    const others = [...before.keys(), ...after.map((_, i) => axis + 1 + i)];
    const first = b.apply("transpose", [x], { perm: [axis, ...others] });
    const chosen = isConstant ? b.apply("gather", [first, index], { axis: 0 }, name) : byMarks();
    // The indices' axes go between those of x.
    const indices = b.shapeOf(index).map((_, i) => i);
    const rest = others.map((_, i) => indices.length + i);
    const perm = [...rest.slice(0, axis), ...indices, ...rest.slice(axis)];
    return [b.apply("transpose", [chosen], { perm })];

    function byMarks(): ValueId {
      const count = sizeOf(b.shapeOf(index));
      const marks = b.apply("reshape", [marksOf(b, index, shape[axis], "float")], {
        shape: [count, shape[axis]],
      });
      const rows = b.apply("reshape", [first], {
        shape: [shape[axis], sizeOf(others.map((a) => shape[a]))],
      });
      const product = b.apply("matmul", [marks, rows], {}, name);
      const spread = b.apply("reshape", [product], { shape: [...b.shapeOf(index), ...before, ...after] });
      return dtype === "float" ? spread : b.apply("cast", [spread], { to: dtype });
    }
  },
  gatherElements(b, { name }, x, index, axis) {
    const { dtype, shape } = b.typeOf(x);
    const chosen = b.shapeOf(index);
    const marks = marksOf(b, index, shape[axis], dtype === "int" ? "int" : "float");
    const zeros = shape.map(() => 0);
    const size = shape.map((n, a) => (a === axis ? n : chosen[a]));
    const kept = b.apply("slice", [x], { start: zeros, step: zeros.map(() => 1), size });
    // The axis that is chosen from goes last, over which the marks' own last axis runs.
    const others = [...shape.keys()].filter((a) => a !== axis);
    const last = b.apply("transpose", [kept], { perm: [...others, axis] });
    const lists = b.apply("reshape", [last], {
      shape: [...chosen.map((n, a) => (a === axis ? 1 : n)), shape[axis]],
    });
    const parts = b.apply("mul", [marks, lists]);
    const sum = b.apply("sum", [parts], { axes: [chosen.length], keepDims: false }, name);
    return [dtype === "bool" ? b.apply("cast", [sum], { to: dtype }) : sum];
  },
};

/**
 * For each index 1 at its place among `size` on a new last axis, else 0. A negative one counts from the end; of what
 * cannot be negative, the comparison costs nothing.
 */
function marksOf(b: GraphBuilder, index: ValueId, size: number, to: DType): ValueId {
  const lists = b.apply("reshape", [index], { shape: [...b.shapeOf(index), 1] });
  const [fromStart, fromEnd] = [0, -size].map((first) => {
    const places = Array.from({ length: size }, (_, i) => first + i);
    return b.apply("cast", [b.apply("equal", [lists, b.ints(places)])], { to });
  });
  return b.apply("add", [fromStart, fromEnd]);
}
