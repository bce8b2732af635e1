import type { GraphBuilder } from "../builder.js";
import { sameShape } from "../../tensor/tensor.js";
import type { Graph, ValueId } from "../types.js";
import type { Attributes } from "../../operators/operator.js";
import { alongRows, Column, rootOfSquare, type ScaledSum } from "./columns.js";
import { made, near, uniform } from "./match.js";
import { rewrite } from "./rewrite.js";

/**
 * Finds what is divided by the root of its own squares, summed or averaged over axes: layer norm, RMS norm and L2 norm,
 * with the constant that keeps the divisor from 0 inside the root, beside it, or as its least value.
 */
export function recognizeNorms(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    const [left, right] = inputs as [ValueId, ValueId];
    const found =
      node.op === "div"
        ? quotient(builder, left, right)
        : node.op === "mul"
          ? (product(builder, left, right) ?? product(builder, right, left))
          : undefined;
    const { shape } = graph.types.get(node.outputs[0])!;
    return found !== undefined && sameShape(builder.shapeOf(found), shape) ? [found] : undefined;
  });
}

/** gain · √(factor · Σ x²), guarded against 0 by epsilon: √(s² + ε), s + ε, or max(s, ε) of the root s. */
interface Root {
  readonly squares: ScaledSum;
  readonly guard: "inside" | "beside" | "least";
  readonly epsilon: number;
  readonly gain: number;
}

/**
 * Up to where a guard makes no difference except for rows that are nearly 0: a greater one keeps the form that it has.
 */
const MOST_EPSILON = { beside: 1e-4, least: 1e-2 };

function quotient(b: GraphBuilder, x: ValueId, divisor: ValueId): ValueId | undefined {
  const root = rootOf(new Column(b), divisor);
  return root && normOf(b, x, { ...root, gain: 1 / root.gain });
}

function product(b: GraphBuilder, x: ValueId, factor: ValueId): ValueId | undefined {
  const root = inverseOf(new Column(b), factor);
  if (root !== undefined) return normOf(b, x, root);
  // A weight may have met the inverse root before x does.
  for (const [weight, inverse] of pairs(made(b, factor, "mul")?.inputs)) {
    const inner = b.constantOf(weight) && inverseOf(new Column(b), inverse);
    const norm = inner && normOf(b, x, inner);
    if (norm !== undefined) return b.apply("mul", [norm, weight]);
  }
  return undefined;
}

function pairs(operands: readonly ValueId[] | undefined): [ValueId, ValueId][] {
  const [left, right] = operands ?? [];
  return left === undefined || right === undefined
    ? []
    : [
        [left, right],
        [right, left],
      ];
}

function rootOf(column: Column, spread: ValueId): Root | undefined {
  const { b } = column;
  const id = column.inner(spread);
  const power = made(b, id, "pow");
  if (power?.attributes.exponent === 0.5) return squaresOf(column, power.inputs[0]);
  const bounded = leastOf(column, id);
  if (bounded !== undefined) return guarded(column, bounded.of, "least", bounded.least);
  const scaled = column.scaled(id);
  if (scaled === undefined || !(scaled.factor > 0)) return undefined;
  if (scaled.shift !== 0) return guarded(column, scaled.of, "beside", scaled.shift);
  const root = rootOf(column, scaled.of);
  return root && { ...root, gain: root.gain * scaled.factor };
}

function guarded(column: Column, id: ValueId, guard: Root["guard"], epsilon: number): Root | undefined {
  const root = rootOf(column, id);
  if (root === undefined || root.epsilon !== 0) return undefined;
  return { ...root, guard, epsilon: Math.max(0, epsilon / root.gain) };
}

/** What the root of a value is, where it is a sum of squares; √max(s², ε) is max(s, √ε). */
function squaresOf(column: Column, spread: ValueId): Root | undefined {
  const id = column.inner(spread);
  const bounded = leastOf(column, id);
  const squares = column.sum(bounded?.of ?? id);
  if (squares === undefined || !(squares.factor > 0)) return undefined;
  if (bounded === undefined) return { squares, guard: "inside", epsilon: squares.shift, gain: 1 };
  if (squares.shift !== 0 || bounded.least < 0) return undefined;
  return { squares, guard: "least", epsilon: Math.sqrt(bounded.least), gain: 1 };
}

/** A value and the least that it is let be, as a clamp or a maximum. */
function leastOf({ b }: Column, id: ValueId): { of: ValueId; least: number } | undefined {
  const clamp = made(b, id, "clamp");
  if (clamp?.attributes.max === Infinity) {
    return { of: clamp.inputs[0], least: clamp.attributes.min as number };
  }
  for (const [constant, of] of pairs(made(b, id, "maximum")?.inputs)) {
    const least = uniform(b, constant);
    if (least !== undefined) return { of, least };
  }
  return undefined;
}

/** 1 / root, as a power or a quotient; its gain is that of the inverse. */
function inverseOf(column: Column, spread: ValueId): Root | undefined {
  const { b } = column;
  const id = column.inner(spread);
  const power = made(b, id, "pow");
  if (power?.attributes.exponent === -0.5) return squaresOf(column, power.inputs[0]);
  if (power?.attributes.exponent === -1) return inverted(rootOf(column, power.inputs[0]));
  const [numerator, divisor] = made(b, id, "div")?.inputs ?? [];
  const constant = numerator === undefined ? undefined : uniform(b, numerator);
  if (constant !== undefined) {
    const root = inverted(rootOf(column, divisor));
    return root && { ...root, gain: root.gain * constant };
  }
  const scaled = column.scaled(id);
  const root = scaled?.shift === 0 ? inverseOf(column, scaled.of) : undefined;
  return root && { ...root, gain: root.gain * scaled!.factor };
}

function inverted(root: Root | undefined): Root | undefined {
  return root && { ...root, gain: 1 / root.gain };
}

/** x · gain / root, where the root is of x itself, or of what a weight was multiplied with to get x. */
function normOf(b: GraphBuilder, x: ValueId, root: Root): ValueId | undefined {
  const { squares, guard, gain } = root;
  const { axes, factor } = squares;
  const of = rootOfSquare(b, squares.x);
  if (of === undefined || !squares.aligned || root.epsilon < 0) return undefined;
  if (of !== x && of !== made(b, x, "abs")?.inputs[0]) {
    const [weighted, weight] =
      pairs(made(b, x, "mul")?.inputs).find(([inner, other]) => inner === of && b.constantOf(other)) ?? [];
    const norm = weighted && normOf(b, weighted, root);
    return norm && b.apply("mul", [norm, weight!]);
  }
  const length = root.epsilon / Math.sqrt(factor);
  if (guard !== "inside" && length > MOST_EPSILON[guard]) return undefined;
  const { op, attributes, size, whole } =
    guard === "inside" ? meanNorm(b, x, root) : lengthNorm(guard, length, x);
  const norm = alongRows(b, whole, axes, (rows) => b.apply(op, [rows], attributes));
  const scale = gain / Math.sqrt(factor * size);
  return Math.abs(scale - 1) < 1e-12 ? norm : b.apply("mul", [norm, b.scalar(scale)]);
}

interface Norm {
  readonly op: string;
  readonly attributes: Attributes;
  /** What its squares are divided by. */
  readonly size: number;
  readonly whole: ValueId;
}

/** With ε inside the root a norm is of the mean square: layer norm where the mean was taken off before. */
function meanNorm(b: GraphBuilder, x: ValueId, { squares, epsilon }: Root): Norm {
  const { count: size, factor } = squares;
  const centered = centeredOf(b, x, squares);
  const attributes = { dims: 1, epsilon: epsilon / factor / size };
  return { op: centered === undefined ? "rmsNorm" : "layerNorm", attributes, size, whole: centered ?? x };
}

function lengthNorm(guard: string, epsilon: number, whole: ValueId): Norm {
  return { op: "l2Norm", attributes: { guard, epsilon }, size: 1, whole };
}

/** The value whose mean over the same axes was taken off to make x. */
function centeredOf(b: GraphBuilder, x: ValueId, { axes, count }: ScaledSum): ValueId | undefined {
  const [whole, mean] = made(b, x, "sub")?.inputs ?? [];
  const sum = mean === undefined ? undefined : new Column(b).sum(mean);
  const isMean =
    sum?.x === whole &&
    sum?.aligned === true &&
    String(sum.axes) === String(axes) &&
    sum.shift === 0 &&
    near(sum.factor * count, 1);
  return isMean ? whole : undefined;
}
