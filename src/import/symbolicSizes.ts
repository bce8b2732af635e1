import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Shape } from "../tensor/types.js";
import { printable } from "./exportRecipe.js";

/** A size that the export left open: its symbol or formula, and the size that the export's example had. */
export interface OpenSize {
  /** Sizes of one name are equal; undefined where the file gives it none. */
  readonly name: string | undefined;
  readonly example?: number;
}

/** Sizes that the user chooses for open axes, by their names in the file. */
export type ChosenSizes = Readonly<Record<string, number>>;

/** Sizes that the export left open ("dynamic shapes"): a circuit needs each of them fixed. */
export class SymbolicSizes {
  readonly notices: string[] = [];
  private readonly fixed = new Map<string, number>();
  /** The names of open sizes that the file has. */
  private readonly names = new Set<string>();

  /** @param fix what to do about an open size in this kind of file, for the error's end */
  constructor(
    readonly file: string,
    readonly fix: (size: string | undefined) => string,
    readonly chosen: ChosenSizes = {},
  ) {}

  /** @throws Torch2CircomError where a size is chosen that the file does not leave open */
  requireAllUsed(): void {
    const unknown = Object.keys(this.chosen).find((name) => !this.names.has(name));
    if (unknown === undefined) return;
    const names = [...this.names].map((name) => printable(name));
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${printable(this.file)} leaves no size "${printable(unknown)}" open`,
      names.length === 0
        ? "All its sizes are fixed, or have no name; leave --size away."
        : `Sizes that can be chosen: ${names.join(", ")}.`,
    );
  }

  /** The shape of an input: an open first axis is the batch, and becomes 1; others are as in the export's example. */
  shapeOf(input: string, sizes: readonly (number | OpenSize)[]): Shape {
    return sizes.map((size, axis) => (typeof size === "number" ? size : this.sizeOf(input, size, axis)));
  }

  private sizeOf(input: string, { name, example }: OpenSize, axis: number): number {
    if (name !== undefined) this.names.add(name);
    const known = name === undefined ? undefined : this.fixed.get(name);
    if (known !== undefined) return known;
    if (name !== undefined && Object.hasOwn(this.chosen, name)) {
      const size = this.chosen[name];
      this.fixed.set(name, size);
      this.notices.push(`Axis ${axis} of input "${input}" is open; the circuit takes ${size}, as chosen.`);
      return size;
    }
    // A formula of sizes that are fixed already need not be what it was in the example.
    const depends = (name?.match(/\w+/g) ?? []).some((symbol) => this.fixed.has(symbol));
    const size = axis === 0 ? 1 : depends ? undefined : example;
    if (size === undefined) {
      throw new Torch2CircomError(
        "MODEL_OPEN_SIZE",
        `${this.file}: axis ${axis} of input "${input}" ${name === undefined ? "is open" : `has the open size ${name}`}; a circuit has fixed shapes`,
        this.fix(name),
      );
    }
    if (name !== undefined) this.fixed.set(name, size);
    this.notices.push(
      axis === 0
        ? `The batch axis ${name === undefined ? "" : `"${name}" `}of input "${input}" is open; the circuit takes one sample a proof.`
        : `Axis ${axis} of input "${input}" is open; the circuit takes ${size}, as in the export's example.`,
    );
    return size;
  }
}
