import { OperatorError } from "../../errors/operatorError.js";
import type { AtenCall } from "./call.js";

/** The parts of a program that compute with sizes instead of tensors. With fixed shapes, all are numbers. */

const arithmetic = new Map<string, (a: number, b: number) => number>([
  ["add", (a, b) => a + b],
  ["sub", (a, b) => a - b],
  ["mul", (a, b) => a * b],
  ["floordiv", (a, b) => Math.floor(a / b)],
  ["mod", (a, b) => a - b * Math.floor(a / b)],
  ["eq", (a, b) => Number(a === b)],
  ["ne", (a, b) => Number(a !== b)],
  ["lt", (a, b) => Number(a < b)],
  ["le", (a, b) => Number(a <= b)],
  ["gt", (a, b) => Number(a > b)],
  ["ge", (a, b) => Number(a >= b)],
]);

/** The number that a node gives, where it gives one and no tensor. */
export function lowerSize(call: AtenCall): number | undefined {
  if (call.operator === "aten.sym_size.int")
    return call.shapeOf("self")[call.axis("dim", call.shapeOf("self"))];
  if (call.operator === "aten.sym_numel.default") return call.shapeOf("self").reduce((a, b) => a * b, 1);
  const name = /^(?:_operator|math)\.(\w+)$/.exec(call.operator)?.[1];
  const operation = name === undefined ? undefined : arithmetic.get(name);
  if (operation === undefined) return undefined;
  const [first, second] = call.argumentNames();
  if (first === undefined || second === undefined) throw new OperatorError("it needs two sizes");
  return operation(call.number(first), call.number(second));
}

/** Checks that an export leaves behind; with fixed shapes and in a graph without exceptions they say nothing. */
export function isAssertion(target: string): boolean {
  return /^torch\.ops\.aten\.(_assert_\w+|sym_constrain_range\w*|_assert)\./.test(target);
}
