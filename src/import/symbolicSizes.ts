import { Torch2CircomError } from "../errors.js";
import type { Shape } from "../graph/types.js";

/** Sizes that the export left open ("dynamic shapes"): a circuit needs each of them fixed. */
export class SymbolicSizes {
  readonly notices: string[] = [];
  readonly #fixed = new Set<string>();

  constructor(readonly file: string) {}

  /** The shape of an input; an open first axis is the batch, and becomes 1. */
  shapeOf(input: string, sizes: readonly (number | string)[]): Shape {
    return sizes.map((size, axis) => {
      if (typeof size === "number") return size;
      if (axis !== 0 && !this.#fixed.has(size)) throw this.#open(input, size, axis);
      if (!this.#fixed.has(size)) {
        this.#fixed.add(size);
        this.notices.push(
          `The batch axis "${size}" of input "${input}" is open; the circuit takes one sample a proof.`,
        );
      }
      return 1;
    });
  }

  #open(input: string, size: string, axis: number): Torch2CircomError {
    return new Torch2CircomError(
      `${this.file}: axis ${axis} of input "${input}" has the open size ${size}; a circuit has fixed shapes`,
      "Export without dynamic_shapes for this axis, with an example input of the size to be proven.",
    );
  }
}
