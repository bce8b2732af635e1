import { priceOf } from "../netlist/netlist.js";
import type { Cost } from "../netlist/types.js";
import { withCausalProducts } from "../program/causal.js";
import type { Program } from "../program/types.js";

/** What no output of a model depends on, which its circuit leaves out. */
export interface Dropped extends Pick<Cost, "nonlinear" | "linear"> {
  /** Of all tensors together. */
  readonly elements: number;
}

/**
 * How much smaller a program is than with everything that its model computes.
 *
 * @param whole the program with everything
 */
export function droppedFrom(whole: Program, program: Program): Dropped {
  const elements = computedElements(whole) - computedElements(program);
  if (elements === 0) return { elements, nonlinear: 0, linear: 0 };
  const operations = withCausalProducts(whole.operations, whole.outputs);
  const [all, left] = [priceOf({ ...whole, operations }), priceOf(program)];
  return { elements, nonlinear: all.nonlinear - left.nonlinear, linear: all.linear - left.linear };
}

function computedElements({ operations }: Program): number {
  return operations.reduce((sum, { kind, size }) => (kind === "view" ? sum : sum + size), 0);
}

/** "40,210 numbers on which no output depends are left out, with 122,790 constraints". */
export function describeDropped({ elements, nonlinear, linear }: Dropped): string[] {
  if (elements === 0) return [];
  const count = (value: number) => value.toLocaleString("en");
  return [
    `${count(elements)} numbers on which no output depends are left out, with ${count(nonlinear + linear)} constraints`,
  ];
}
