import type { Bounds } from "../../program/operations/bounds.js";
import { isMatrix, isWiring, type Argument, type Component, type Wiring } from "../../netlist/types.js";

/** Names come from the model's file: one that ended a comment would become code. */
export function harmless(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").replaceAll("*/", "* /");
}

/** The lines of comment above a step: what it does, then its parameters by name and its cost. */
export function describe(step: Component | Wiring, inputs: readonly number[]): string[] {
  const { label, size, range } = step;
  const made = range === undefined ? `${size} integers` : `${size} integers of ${interval(range)}`;
  const what = isWiring(step) ? movement(step, inputs) : step.meaning;
  const lines = [`${label}: ${what} -> ${made}`];
  if (!isWiring(step)) lines.push(`${step.arguments.map(parameter).join(" ")}; ${cost(step)}`);
  return lines.map(harmless);
}

/** `[-128, 127]`. */
export function interval({ lo, hi }: Bounds): string {
  return `[${lo}, ${hi}]`;
}

/** `count=24`, or the shape of a list of several: `weight[4][6]`. */
function parameter({ name, value }: { readonly name: string; readonly value: Argument }): string {
  if (typeof value === "number") return `${name}=${value}`;
  if (isMatrix(value)) return `${name}[${value.entries.length / value.columns}][${value.columns}]`;
  return value.length === 1 ? `${name}=${value[0]}` : `${name}[${value.length}]`;
}

function cost({ cost: { nonlinear, linear } }: Component): string {
  if (nonlinear + linear === 0) return "no constraint";
  const parts = [
    ...(nonlinear > 0 ? [`${nonlinear} non-linear`] : []),
    ...(linear > 0 ? [`${linear} linear`] : []),
  ];
  return `${parts.join(" and ")} constraints`;
}

/** What a wiring does to its operands, which have these sizes. */
function movement({ index }: Wiring, sizes: readonly number[]): string {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const read = new Set(index.filter((element) => element >= 0));
  const zeros = index.reduce((count, element) => count + (element < 0 ? 1 : 0), 0);
  const padding = zeros === 0 ? "" : `, and ${zeros} zeros`;
  if (sizes.length > 1) return `${sizes.length} operands side by side${padding}`;
  if (index.length === total && index.every((element, i) => element === i))
    return "the same elements in another shape";
  if (read.size < total) return `${read.size} of ${total} elements${padding}`;
  return index.length - zeros > total ? `elements repeated${padding}` : `elements in another order${padding}`;
}
