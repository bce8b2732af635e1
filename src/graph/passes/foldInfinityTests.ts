import type { GraphBuilder } from "../builder.js";
import { broadcastShapes } from "../../tensor/tensor.js";
import type { Graph, ValueId } from "../types.js";
import { made, uniform } from "./match.js";
import { rewrite } from "./rewrite.js";

/**
 * Decides `x == -Infinity` where x is a finite value that a constant mask was added to or chosen by: decomposed
 * attention asks this to find rows that look at nothing, and a decomposed log-sum-exp asks the like of its greatest
 * element. Weights and activations count as finite.
 */
export function foldInfinityTests(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    if (node.op !== "equal") return undefined;
    const index = inputs.findIndex((id) => Math.abs(uniform(builder, id) ?? 0) === Infinity);
    const x = inputs[1 - index];
    if (index < 0 || x === undefined || builder.constantOf(x) !== undefined) return undefined;
    const hidden = infinitiesOf(builder, x, inputs[index]);
    if (hidden === undefined) return undefined;
    const shape = broadcastShapes(builder.shapeOf(x), builder.shapeOf(inputs[index]))!;
    return [builder.apply("expand", [hidden], { shape })];
  });
}

/** A constant mask, broadcast to x, of where x is the given infinity; undefined where that is not known. */
function infinitiesOf(b: GraphBuilder, x: ValueId, infinity: ValueId): ValueId | undefined {
  const value = b.constantOf(x);
  if (value !== undefined) return b.apply("equal", [x, b.scalar(uniform(b, infinity)!)]);
  const sum = made(b, x, "add");
  if (sum !== undefined) {
    const masks = sum.inputs.map((id) => infinitiesOf(b, id, infinity));
    return masks.every((mask) => mask !== undefined) ? b.apply("maximum", masks) : undefined;
  }
  const choice = made(b, x, "where");
  if (choice !== undefined) {
    const [condition, yes, no] = choice.inputs as [ValueId, ValueId, ValueId];
    const [ifYes, ifNo] = [infinitiesOf(b, yes, infinity), infinitiesOf(b, no, infinity)];
    if (b.constantOf(condition) === undefined || ifYes === undefined || ifNo === undefined) return undefined;
    return b.apply("where", [condition, ifYes, ifNo]);
  }
  const node = b.producerOf(x);
  if (node !== undefined && moves.has(node.op)) {
    const mask = infinitiesOf(b, node.inputs[0], infinity);
    if (mask === undefined || uniform(b, mask) === 0) return mask;
    const whole = b.apply("expand", [mask], { shape: b.shapeOf(node.inputs[0]) });
    return b.apply(node.op, [whole], node.attributes);
  }
  if (node !== undefined && keepsAll.has(node.op)) {
    const never = [-Infinity, Infinity].every((either) => {
      const mask = infinitiesOf(b, node.inputs[0], b.scalar(either));
      return mask !== undefined && uniform(b, mask) === 0;
    });
    return never ? b.scalar(0, "bool") : undefined;
  }
  return node === undefined || keepsFinite.has(node.op) ? b.scalar(0, "bool") : undefined;
}

const moves = new Set(["reshape", "transpose", "slice", "expand"]);

/** Operators that are finite where all of their operand is. */
const keepsAll = new Set(["abs", "max", "min"]);

/** Operators that make finite values of finite ones; what scores are made of. */
const keepsFinite = new Set(["linear", "matmul", "conv", "mul", "sub", "softmax", "layerNorm", "rmsNorm"]);
