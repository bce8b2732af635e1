import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { ValueId } from "../../graph/types.js";
import { printable } from "../exportRecipe.js";

/** The values that the nodes of one graph see by name: its own, and those of the graphs around it. */
export class OnnxScope {
  private readonly own = new Map<string, ValueId>();

  /** @param outer the graph that this one is a part of; none for the model's own graph and for functions */
  constructor(readonly outer?: OnnxScope) {}

  get(name: string): ValueId | undefined {
    return this.own.get(name) ?? this.outer?.get(name);
  }

  set(name: string, id: ValueId): void {
    this.own.set(name, id);
  }
}

/**
 * Throws where two nodes write one value, or a node writes one that the graph has already: which of the two is meant,
 * the file does not say.
 */
export function requireWrittenOnce(
  file: string,
  given: readonly string[],
  nodes: readonly { readonly output: readonly string[] }[],
): void {
  const written = new Set(given);
  for (const { output } of nodes) {
    for (const name of output) {
      if (name === "") continue;
      if (written.has(name)) {
        throw new Torch2CircomError(
          "MODEL_DAMAGED",
          `${printable(file)} gives the value "${printable(name)}" twice; which of the two is meant, it does not say`,
          "Every value of an ONNX graph has one node that computes it: give one of the two another name, or export the model again.",
        );
      }
      written.add(name);
    }
  }
}
