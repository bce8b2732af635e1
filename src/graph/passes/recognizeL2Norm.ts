import { tensor } from "../tensor.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import type { GraphBuilder } from "../builder.js";
import { rewrite } from "./rewrite.js";

/**
 * x / max(sqrt(sum of x^2 over the last axis), epsilon), as torch.nn.functional.normalize is exported, becomes an RMS
 * norm: x / sqrt(mean square + epsilon^2 / n) times 1 / sqrt(n). They differ where the norm is near epsilon only.
 */
export function recognizeL2Norm(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    if (node.op !== "div") return undefined;
    const x = inputs[0]!;
    const epsilon = normEpsilon(builder, skip(builder, inputs[1]!, "expand"), x);
    const size = builder.shapeOf(x).at(-1);
    if (epsilon === undefined || size === undefined) return undefined;
    const weight = builder.constant(
      tensor("float", [size], new Float64Array(size).fill(1 / Math.sqrt(size))),
      `${node.name}.weight`,
    );
    return [builder.apply("rmsNorm", [x, weight], { dims: 1, epsilon: epsilon ** 2 / size }, node.name)];
  });
}

function producer(builder: GraphBuilder, id: ValueId, op: string): GraphNode | undefined {
  const node = builder.producerOf(id);
  return node?.op === op ? node : undefined;
}

function skip(builder: GraphBuilder, id: ValueId, op: string): ValueId {
  return producer(builder, id, op)?.inputs[0] ?? id;
}

/** The epsilon of max(||x||, epsilon) if that is what the value is; 0 without a bound. */
function normEpsilon(builder: GraphBuilder, id: ValueId, x: ValueId): number | undefined {
  const clamp = producer(builder, id, "clamp");
  const root = producer(builder, clamp?.inputs[0] ?? id, "pow");
  const sum = root?.attributes.exponent === 0.5 ? producer(builder, root.inputs[0]!, "sum") : undefined;
  if (sum === undefined || sum.attributes.keepDims !== true) return undefined;
  const axes = sum.attributes.axes as readonly number[];
  const rank = builder.shapeOf(x).length;
  if (axes.length !== 1 || (axes[0]! + rank) % rank !== rank - 1) return undefined;
  const square = builder.producerOf(sum.inputs[0]!);
  const squares =
    (square?.op === "mul" && square.inputs.every((input) => input === x)) ||
    (square?.op === "pow" && square.attributes.exponent === 2 && square.inputs[0] === x);
  return squares ? Math.max(0, (clamp?.attributes.min as number | undefined) ?? 0) : undefined;
}
