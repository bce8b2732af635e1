import type { TensorId } from "./operations/definition.js";
import type { Operation } from "./operations/index.js";

/**
 * The integer program: what a circuit proves. Every tensor is a flat array of integers; shapes survive only
 * where people read them. The meaning of each operation, and its bounds, are in `operations/`.
 */

/**
 * How an input's real values become integers: q = floor((x - offset) / scale + 1/2), with one scale and one offset per
 * element or one for all.
 */
export interface ProgramInput {
  /** The model's name for it. Elements of different domains are inputs of their own under one name. */
  readonly name: string;
  readonly tensor: TensorId;
  /** That of the model's whole input. */
  readonly shape: readonly number[];
  /** Which elements of the model's input these are, in order. @default all of them */
  readonly elements?: readonly number[];
  readonly scale: readonly number[];
  readonly offset: readonly number[];
  readonly bits: number;
}

/** How an output's integers are read: value = q * scale + offset; argmax outputs have scale 1 and offset 0. */
export interface ProgramOutput {
  readonly name: string;
  readonly tensor: TensorId;
  readonly shape: readonly number[];
  readonly kind: "values" | "argmax";
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

export interface Program {
  /** sha256 of the model file that the program was made from. */
  readonly source: string;
  readonly operations: readonly Operation[];
  readonly inputs: readonly ProgramInput[];
  readonly outputs: readonly ProgramOutput[];
}
