import { assertExact } from "./exact.js";
import type { Intervals } from "./operations/bounds.js";
import type { SecretRange } from "./operations/definition.js";
import { definitionOf, operandsOf, type Operation } from "./operations/index.js";
import { rangeEnforcers } from "./secret.js";
import type { Program } from "./types.js";

/**
 * The intervals of every operation of a program, by interval arithmetic on exact linear forms.
 *
 * @throws Torch2CircomError where an operation could reach 2^53, or a table does not cover its input
 */
export function checkedIntervals(program: Program): Intervals[] {
  const intervals: Intervals[] = [];
  const { layers, requantizations } = rangeEnforcers(program);
  for (const [tensor, operation] of program.operations.entries()) {
    const enforced = layers.has(tensor) || requantizations.has(tensor);
    intervals.push(operationIntervals(operation, intervals, enforced ? "by consumer" : "by itself"));
  }
  return intervals;
}

/** What is known of operations already: a program is looked at many times, and programs share operations. */
const known = new WeakMap<
  Operation,
  {
    readonly operands: readonly Intervals[];
    readonly held: SecretRange | undefined;
    readonly bounds: Intervals;
  }
>();

/**
 * The intervals of one operation from those of the operations before it.
 *
 * @param held who keeps a secret layer in range, as far as it concerns the operation
 * @throws Torch2CircomError where the operation could reach 2^53, or a table does not cover its input
 */
export function operationIntervals(
  operation: Operation,
  before: readonly Intervals[],
  held?: SecretRange,
): Intervals {
  const operands = operandsOf(operation).map((id) => before[id]);
  // Only secret sums depend on who holds them.
  const isSecret = (operation.kind === "linear" && operation.secret) || operands.some(({ honest }) => honest);
  const holder = isSecret ? held : undefined;
  const last = known.get(operation);
  if (last?.held === holder && last?.operands.every((operand, i) => operand === operands[i]))
    return last.bounds;
  const bounds = definitionOf(operation).intervals(operation, operands, held);
  assertExact(operation, bounds, operands);
  known.set(operation, { operands, held: holder, bounds });
  return bounds;
}
