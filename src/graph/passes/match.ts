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

export function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(1e-3, Math.abs(b));
}
