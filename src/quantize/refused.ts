import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { GraphNode } from "../graph/types.js";

/** A node that cannot become integer operations, and why. */
export interface Refusal {
  readonly operator: string;
  readonly node: string;
  readonly module: string;
  readonly reason: string;
}

export function refusalOf({ op, name, module }: GraphNode, reason: string): Refusal {
  return { operator: op, node: name, module, reason };
}

/** All nodes of a model that cannot be proved. */
export class RefusedError extends Torch2CircomError {
  constructor(readonly refusals: readonly Refusal[]) {
    const lines = refusals.map(({ operator, node, reason }) => `    ${operator} at ${node}: ${reason}`);
    const count = refusals.length === 1 ? "A layer" : `${refusals.length} layers`;
    super(
      "MODEL_UNSUPPORTED",
      `${count} of the model cannot be proved:\n${lines.join("\n")}`,
      "Change them in the PyTorch model, or move them out of it.",
    );
  }
}
