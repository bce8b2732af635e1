import type { GraphBuilder } from "../builder.js";
import { sameShape, sizeOf } from "../../tensor/tensor.js";
import type { Graph, GraphNode, ValueId } from "../types.js";
import { alongRows, Column, rowsAlong, type ScaledSum } from "./columns.js";
import { made, uniform } from "./match.js";
import { rewrite } from "./rewrite.js";
import * as elementary from "../../elementary/functions.js";

/**
 * Finds softmax, its logarithm and the logarithm of a sum of exponentials where an exporter wrote them out, with the
 * greatest element taken off first or without. As operators of their own they neither overflow nor divide.
 */
export function recognizeSoftmax(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    const found = finders[node.op]?.(builder, inputs, node);
    return found === undefined || !sameShape(builder.shapeOf(found), graph.types.get(node.outputs[0])!.shape)
      ? undefined
      : [found];
  });
}

type Finder = (b: GraphBuilder, inputs: readonly ValueId[], node: GraphNode) => ValueId | undefined;

const finders: Readonly<Record<string, Finder>> = {
  div: (b, [exps, sum]) => shares(b, exps, new Column(b).sum(sum)),
  mul: (b, [left, right]) => timesInverse(b, left, right) ?? timesInverse(b, right, left),
  exp(b, [x]) {
    const log = made(b, x, "logSoftmax");
    return log && b.apply("softmax", log.inputs, log.attributes);
  },
  log(b, [x], node) {
    const softmax = made(b, x, "softmax");
    if (softmax !== undefined) return b.apply("logSoftmax", softmax.inputs, softmax.attributes);
    return logSumExp(b, x, node) ?? logAddExp(b, x) ?? logKeptFinite(b, x);
  },
  add: (b, [left, right]) => unshifted(b, left, right) ?? unshifted(b, right, left),
  sub: (b, [x, log]) => logShares(b, x, log),
};

/** What may be added to a sum of exponentials without making a difference: to one that holds a 1, and to any. */
const NEGLIGIBLE = { shifted: 1e-6, unshifted: 1e-9 };

/** e^x / Σ e^x */
function shares(b: GraphBuilder, exps: ValueId, sum: ScaledSum | undefined): ValueId | undefined {
  if (sum?.x !== exps || !sum.aligned || !(sum.factor > 0)) return undefined;
  const exponent = exponentOf(b, exps, 0);
  if (exponent === undefined) return undefined;
  const { x, greatest } = withoutShift(b, exponent, sum.axes);
  const most = sum.factor * (greatest ? NEGLIGIBLE.shifted : NEGLIGIBLE.unshifted);
  if (sum.shift < 0 || sum.shift > most) return undefined;
  const [axis] = sum.axes;
  const softmax =
    sum.axes.length === 1
      ? b.apply("softmax", [x], { axis: axis })
      : alongRows(b, x, sum.axes, (rows) => b.apply("softmax", [rows], { axis: -1 }));
  return sum.factor === 1 ? softmax : b.apply("div", [softmax, b.scalar(sum.factor)]);
}

/** The x of e^x, or of e^x times constants, which then are part of the exponent: of 0 they are what a mask is. */
function exponentOf(b: GraphBuilder, id: ValueId, least: number): ValueId | undefined {
  const exp = made(b, id, "exp");
  if (exp !== undefined) return exp.inputs[0];
  const [left, right] = (made(b, id, "mul")?.inputs ?? []) as ValueId[];
  if (left === undefined || right === undefined) return undefined;
  const [weights, exps] = b.constantOf(left) === undefined ? [right, left] : [left, right];
  const x = made(b, exps, "exp")?.inputs[0];
  const fits = b.constantOf(weights)?.data.every((weight) => weight >= least);
  if (x === undefined || fits !== true || !sameShape(b.shapeOf(x), b.shapeOf(id))) return undefined;
  return b.apply("add", [x, b.apply("log", [weights])]);
}

function timesInverse(b: GraphBuilder, exps: ValueId, inverse: ValueId): ValueId | undefined {
  const column = new Column(b);
  const inner = column.inner(inverse);
  const power = made(b, inner, "pow");
  if (power?.attributes.exponent === -1) return shares(b, exps, column.sum(power.inputs[0]));
  const [one, divisor] = made(b, inner, "div")?.inputs ?? [];
  return divisor !== undefined && uniform(b, one) === 1 ? shares(b, exps, column.sum(divisor)) : undefined;
}

/** The x of x - c, where c is one number along the axes; and whether it is the greatest element. */
function withoutShift(
  b: GraphBuilder,
  id: ValueId,
  axes: readonly number[],
): { x: ValueId; greatest: boolean } {
  const [x, shift] = made(b, id, "sub")?.inputs ?? [];
  if (x === undefined || !sameShape(b.shapeOf(x), b.shapeOf(id))) return { x: id, greatest: false };
  const column = new Column(b);
  const inner = column.inner(shift);
  if (!column.isAligned(inner, x, axes)) return { x: id, greatest: false };
  const max = made(b, inner, "max");
  return { x, greatest: max?.inputs[0] === x };
}

/** log(factor · Σ e^x) */
function logSumExp(b: GraphBuilder, id: ValueId, node: GraphNode): ValueId | undefined {
  const sum = new Column(b).sum(id);
  if (sum === undefined || sum.shift !== 0 || !(sum.factor > 0)) return undefined;
  const x = exponentOf(b, sum.x, Number.MIN_VALUE);
  if (x === undefined) return undefined;
  const { axes, factor } = sum;
  const log =
    axes.length === 1
      ? b.apply("logSumExp", [x], { axis: axes[0] })
      : b.apply("logSumExp", [rowsAlong(b, x, axes)], { axis: -1 });
  // A sum that was repeated has more elements than there are rows.
  if (sizeOf(b.shapeOf(log)) !== sizeOf(b.shapeOf(id))) return undefined;
  const shaped = asShape(b, log, b.shapeOf(id));
  return factor === 1 ? shaped : b.apply("add", [shaped, b.scalar(elementary.log(factor))], {}, node.name);
}

/** log(e^x + e^y + …) of values of one shape, which then are the rows of one tensor. */
function logAddExp(b: GraphBuilder, id: ValueId): ValueId | undefined {
  const terms = termsOf(b, id);
  if (terms.length < 2 || terms.some((term) => term === undefined)) return undefined;
  const shape = b.shapeOf(id);
  const arguments_ = terms.map((exp) => exp!.inputs[0]);
  if (!arguments_.every((x) => sameShape(b.shapeOf(x), shape))) return undefined;
  // Of one number it is a function, which a table holds.
  if (new Set(arguments_.map((x) => unscaled(b, x))).size === 1) return undefined;
  const rows = arguments_.map((x) => b.apply("reshape", [x], { shape: [...shape, 1] }));
  const stacked = b.apply("concat", rows, { axis: shape.length });
  return asShape(b, b.apply("logSumExp", [stacked], { axis: shape.length }), shape);
}

/**
 * log(softmax(x) + ε), or of shares that are cut off at ε, by the shares' own logarithm: next to 0 shares are too coarse
 * to take a logarithm of.
 */
function logKeptFinite(b: GraphBuilder, id: ValueId): ValueId | undefined {
  const kept = ["add", "clamp", "maximum"].map((op) => made(b, id, op)).find((node) => node !== undefined);
  const [softmax] = (kept?.inputs ?? []).flatMap((input) => made(b, input, "softmax") ?? []);
  if (kept === undefined || softmax === undefined) return undefined;
  if (!kept.inputs.every((input) => input === softmax.outputs[0] || uniform(b, input) !== undefined))
    return undefined;
  const shares = b.apply("exp", [b.apply("logSoftmax", softmax.inputs, softmax.attributes)]);
  const inputs = kept.inputs.map((input) => (input === softmax.outputs[0] ? shares : input));
  return b.apply("log", [b.apply(kept.op, inputs, kept.attributes)]);
}

/** The exponentials that a sum is of; undefined in the place of another term. */
function termsOf(b: GraphBuilder, id: ValueId): (GraphNode | undefined)[] {
  const sum = made(b, id, "add");
  return sum === undefined ? [made(b, id, "exp")] : sum.inputs.flatMap((term) => termsOf(b, term));
}

function unscaled(b: GraphBuilder, id: ValueId): ValueId {
  const scaled = new Column(b).scaled(id);
  return scaled === undefined ? id : unscaled(b, scaled.of);
}

function asShape(b: GraphBuilder, id: ValueId, shape: readonly number[]): ValueId {
  return sameShape(b.shapeOf(id), shape) ? id : b.apply("reshape", [id], { shape });
}

/** log Σ e^(x - c) + c */
function unshifted(b: GraphBuilder, log: ValueId, shift: ValueId): ValueId | undefined {
  const column = new Column(b);
  const found = made(b, column.inner(log), "logSumExp");
  const [x, taken] = (found && made(b, found.inputs[0], "sub")?.inputs) ?? [];
  if (x === undefined || !sameShape(b.shapeOf(x), b.shapeOf(found!.inputs[0]))) return undefined;
  const axis = found!.attributes.axis as number;
  const takenColumn = new Column(b);
  const least = takenColumn.inner(taken);
  if (!takenColumn.isAligned(least, x, [axis])) return undefined;
  const added = new Column(b).inner(shift);
  if (!isSame(b, added, least)) return undefined;
  return asShape(b, b.apply("logSumExp", [x], found!.attributes), b.shapeOf(log));
}

/** Whether two values are one, or the greatest elements of the same rows. */
function isSame(b: GraphBuilder, one: ValueId, other: ValueId): boolean {
  if (one === other) return true;
  const [first, second] = [made(b, one, "max"), made(b, other, "max")];
  return (
    first !== undefined &&
    first.inputs[0] === second?.inputs[0] &&
    String(first.attributes.axes) === String(second.attributes.axes)
  );
}

/** x - log Σ e^x */
function logShares(b: GraphBuilder, x: ValueId, log: ValueId): ValueId | undefined {
  const column = new Column(b);
  const inner = column.inner(log);
  const found = made(b, inner, "logSumExp");
  if (found?.inputs[0] !== x) return undefined;
  const axis = found.attributes.axis as number;
  const along = axis < 0 ? axis + b.shapeOf(x).length : axis;
  if (!column.isAligned(inner, x, [along])) return undefined;
  return b.apply("logSoftmax", [withoutShift(b, x, [along]).x], { axis: along });
}
