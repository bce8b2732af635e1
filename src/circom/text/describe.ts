import { isWiring, type Component, type Wiring } from "../../netlist/types.js";

/** Names come from the model's file: one that ended a comment would become code. */
export function harmless(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").replaceAll("*/", "* /");
}

/** The lines of comment above a step. */
export function describe(step: Component | Wiring): string[] {
  if (isWiring(step)) return [harmless(`${step.label}: wiring of ${step.size} elements`)];
  const { nonlinear, linear } = step.cost;
  return [
    harmless(`${step.label}: ${step.size} outputs, ${nonlinear} non-linear and ${linear} linear constraints`),
  ];
}
