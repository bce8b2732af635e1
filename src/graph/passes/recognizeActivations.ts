import type { GraphBuilder } from "../builder.js";
import { sameShape } from "../tensor.js";
import type { Graph, ValueId } from "../types.js";
import { besides, factorsOf, isAbout, made, near, uniform } from "./match.js";
import { rewrite } from "./rewrite.js";

/**
 * Finds functions that an exporter spelt out (GELU by erf or tanh, SiLU, Mish, hardswish, ELU) and makes each
 * one node again: one lookup in a circuit instead of a chain of them, and one rounding.
 */
export function recognizeActivations(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, { builder }) => {
    if (!["mul", "div", "where"].includes(node.op)) return undefined;
    const whole = builder.applyAll(node.op, inputs, node.attributes, node.name)[0]!;
    const found = eluOf(builder, whole) ?? productOf(builder, whole);
    if (found === undefined || !sameShape(builder.shapeOf(found.x), builder.shapeOf(whole))) return [whole];
    return [builder.apply(found.op, [found.x], found.attributes)];
  });
}

interface Found {
  readonly op: string;
  readonly x: ValueId;
  readonly attributes: Readonly<Record<string, number | string>>;
}

/** x · f(x) · constant, for the f that are known. */
function productOf(b: GraphBuilder, id: ValueId): Found | undefined {
  const { constant, rest } = factorsOf(b, id);
  if (rest.length !== 2) return undefined;
  return twoFactors(b, constant, rest[0]!, rest[1]!) ?? twoFactors(b, constant, rest[1]!, rest[0]!);
}

function twoFactors(b: GraphBuilder, constant: number, x: ValueId, f: ValueId): Found | undefined {
  if (near(constant, 1)) {
    if (made(b, f, "sigmoid")?.inputs[0] === x) return { op: "silu", x, attributes: {} };
    const soft = made(b, made(b, f, "tanh")?.inputs[0] ?? "", "softplus");
    if (soft?.inputs[0] === x && soft.attributes.beta === 1) return { op: "mish", x, attributes: {} };
  }
  if (near(constant, 1 / 6) && isShiftedClamp(b, f, x)) return { op: "hardSwish", x, attributes: {} };
  const bell = near(constant, 0.5) ? besides(b, f, "add", 1) : undefined;
  if (bell === undefined) return undefined;
  const erf = made(b, bell, "erf");
  if (erf !== undefined && isMultiple(b, erf.inputs[0]!, x, Math.SQRT1_2)) {
    return { op: "gelu", x, attributes: { approximate: "none" } };
  }
  const tanh = made(b, bell, "tanh");
  if (tanh !== undefined && isGeluCubic(b, tanh.inputs[0]!, x)) {
    return { op: "gelu", x, attributes: { approximate: "tanh" } };
  }
  return undefined;
}

/** clamp(x + 3, 0, 6), in one step or one bound after the other */
function isShiftedClamp(b: GraphBuilder, id: ValueId, x: ValueId): boolean {
  let [low, high, current] = [-Infinity, Infinity, id];
  for (let clamp = made(b, current, "clamp"); clamp !== undefined; clamp = made(b, current, "clamp")) {
    low = Math.max(low, clamp.attributes.min as number);
    high = Math.min(high, clamp.attributes.max as number);
    current = clamp.inputs[0]!;
  }
  return low === 0 && high === 6 && besides(b, current, "add", 3) === x;
}

/** where(x > 0, scale · x, scale · alpha · (e^(inputScale · x) - 1)) */
function eluOf(b: GraphBuilder, id: ValueId): Found | undefined {
  const [condition, above, below] = made(b, id, "where")?.inputs ?? [];
  const [zero, x] = made(b, condition ?? "", "less")?.inputs ?? [];
  if (above === undefined || below === undefined || x === undefined || uniform(b, zero!) !== 0)
    return undefined;
  const { constant: scale, rest: line } = factorsOf(b, above);
  const { constant: curve, rest: parts } = factorsOf(b, below);
  const less = parts.length === 1 ? made(b, parts[0]!, "sub") : undefined;
  const exp = less && isAbout(b, less.inputs[1]!, 1) ? made(b, less.inputs[0]!, "exp") : undefined;
  if (line.length !== 1 || line[0] !== x || exp === undefined || scale === 0) return undefined;
  const { constant: inputScale, rest } = factorsOf(b, exp.inputs[0]!);
  if (rest.length !== 1 || rest[0] !== x) return undefined;
  return { op: "elu", x, attributes: { alpha: curve / scale, scale, inputScale } };
}

function isMultiple(b: GraphBuilder, id: ValueId, x: ValueId, factor: number): boolean {
  const { constant, rest } = factorsOf(b, id);
  return rest.length === 1 && rest[0] === x && near(constant, factor);
}

/** sqrt(2/π) · (x + 0.044715 · x³) */
function isGeluCubic(b: GraphBuilder, id: ValueId, x: ValueId): boolean {
  const { constant, rest } = factorsOf(b, id);
  const sum = rest.length === 1 ? made(b, rest[0]!, "add") : undefined;
  if (sum === undefined || !near(constant, Math.sqrt(2 / Math.PI))) return false;
  const cubic = sum.inputs[0] === x ? sum.inputs[1]! : sum.inputs[1] === x ? sum.inputs[0]! : undefined;
  if (cubic === undefined) return false;
  const { constant: third, rest: parts } = factorsOf(b, cubic);
  const power = parts.reduce((total, part) => total + powerOf(b, part, x), 0);
  return near(third, 0.044715) && power === 3;
}

/** The exponent n where the value is x to the n; NaN otherwise. */
function powerOf(b: GraphBuilder, id: ValueId, x: ValueId): number {
  if (id === x) return 1;
  const pow = made(b, id, "pow");
  return pow?.inputs[0] === x ? (pow.attributes.exponent as number) : NaN;
}
