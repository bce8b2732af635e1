import type { InputMode, OutputMode } from "../program/modes.js";
import type { Bounds } from "../program/operations/bounds.js";
import type { TensorId } from "../program/operations/definition.js";

/** Non-linear and linear constraints. */
export interface Cost {
  readonly nonlinear: number;
  readonly linear: number;
}

/** Rows of as many integers each, one after the other: lists of lists would take as much again as the numbers. */
export interface Matrix {
  readonly columns: number;
  readonly entries: Int32Array;
}

/** A constant argument of a template. */
export type Argument = number | readonly number[] | Matrix;

export function isMatrix(value: object): value is Matrix {
  return "columns" in value;
}

/** The rows of a matrix, as parts of it. */
export function rowsOf({ columns, entries }: Matrix): Int32Array[] {
  return Array.from({ length: entries.length / columns }, (_, row) =>
    entries.subarray(row * columns, (row + 1) * columns),
  );
}

/** An instance of a template of `circuits/`: one layer. */
export interface Component {
  /** A Circom identifier made from the module path, unique in its netlist. */
  readonly name: string;
  readonly label: string;
  readonly template: string;
  readonly arguments: readonly { readonly name: string; readonly value: Argument }[];
  /** The tensors whose concatenation is its input. */
  readonly inputs: readonly TensorId[];
  readonly output: TensorId;
  readonly size: number;
  /** The least and the greatest integer of all its elements. */
  readonly range?: Bounds;
  readonly cost: Cost;
  /** What it does, in words. */
  readonly meaning: string;
  /** Of a greatest element or its index: the bits of all differences whose signs it finds. */
  readonly comparedBits?: number;
  /** Of a requantization: the integers for which it has a witness, whatever makes them. */
  readonly accepts?: Bounds;
  /** The part of the netlist's weight words that is its input `words`, for a layer with secret weights. */
  readonly words?: { readonly first: number; readonly count: number };
}

/** Pure wiring: output[i] is element index[i] of the concatenated inputs, or 0. */
export interface Wiring {
  readonly name: string;
  readonly label: string;
  readonly inputs: readonly TensorId[];
  readonly index: Int32Array;
  readonly output: TensorId;
  readonly size: number;
  /** The least and the greatest integer of all its elements. */
  readonly range?: Bounds;
}

/** Integers packed into words: `perWord` of `width` bits each, `offset` subtracted first. */
export interface Packing {
  readonly count: number;
  readonly width: number;
  readonly offset: number;
  readonly perWord: number;
  readonly words: number;
}

export interface PackedTensor extends Packing {
  readonly tensor: TensorId;
}

export interface NetlistInput extends PackedTensor {
  /** Name of the circuit's input signal. */
  readonly signal: string;
  /** Name of the component that holds it to its domain and packs it. */
  readonly packer: string;
  /** The greatest value of the domain, whose least is `offset`. */
  readonly hi: number;
}

/** What the circuit has beside its layers: a component, or one of the works of a component. */
export interface Part {
  readonly part: string;
  readonly template: string;
  readonly cost: Cost;
}

/** A program as instances of gadgets: Circom text is printed from it, costs are counted on it. */
export interface Netlist {
  readonly inputs: readonly NetlistInput[];
  readonly steps: readonly (Component | Wiring)[];
  readonly outputs: readonly PackedTensor[];
  readonly inputMode: InputMode;
  readonly outputMode: OutputMode;
  /** The words that hold the secret weights of all layers, less than 2^253 in size: for the prover, not for the text. */
  readonly weightWords: readonly bigint[];
  /** The model's domain tag in every input commitment, a number below 2^248 in decimal. */
  readonly domain: string;
  readonly parts: readonly Part[];
  /** Of all components and parts together. */
  readonly cost: Cost;
}

export function isWiring(step: Component | Wiring): step is Wiring {
  return "index" in step;
}
