import type { GraphBuilder } from "../builder.js";
import type { GraphNode, ValueId } from "../types.js";

/** Questions about values that passes ask when they look for a pattern. */

/** The node that computes the value, if it is one of this operator. */
export function made(b: GraphBuilder, id: ValueId, op: string): GraphNode | undefined {
  const node = b.producerOf(id);
  return node?.op === op ? node : undefined;
}

/** The one value of a constant, undefined where it varies or is none. */
export function uniform(b: GraphBuilder, id: ValueId): number | undefined {
  const data = b.constantOf(id)?.data;
  const first = data?.[0];
  return data?.every((value) => value === first) ? first : undefined;
}

/** Whether the value is this constant, to the precision of float32. */
export function isAbout(b: GraphBuilder, id: ValueId, value: number): boolean {
  const given = uniform(b, id);
  return given !== undefined && near(given, value);
}

export function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(1e-3, Math.abs(b));
}

/** The other operand of a two-operand node of this operator that has the constant `value` on either side. */
export function besides(b: GraphBuilder, id: ValueId, op: string, value: number): ValueId | undefined {
  const [left, right] = made(b, id, op)?.inputs ?? [];
  if (left === undefined || right === undefined) return undefined;
  if (isAbout(b, right, value)) return left;
  return isAbout(b, left, value) ? right : undefined;
}

/** A product taken apart: its constant factor and the rest, through any nesting of mul and division by constants. */
export function factorsOf(b: GraphBuilder, id: ValueId): { constant: number; rest: ValueId[] } {
  const own = uniform(b, id);
  if (own !== undefined) return { constant: own, rest: [] };
  const node = b.producerOf(id);
  if (node?.op === "mul") {
    const [left, right] = node.inputs.map((input) => factorsOf(b, input)) as [Factors, Factors];
    return { constant: left.constant * right.constant, rest: [...left.rest, ...right.rest] };
  }
  const divisor = node?.op === "div" ? uniform(b, node.inputs[1]!) : undefined;
  if (divisor !== undefined) {
    const inner = factorsOf(b, node!.inputs[0]!);
    return { constant: inner.constant / divisor, rest: inner.rest };
  }
  return { constant: 1, rest: [id] };
}

type Factors = ReturnType<typeof factorsOf>;
