import type { Activation } from "./activation.js";

/**
 * The integer program: what a circuit proves. Every tensor is a flat array of integers; shapes survive only
 * where people read them. The meaning of each operation is in `execute.ts`, its bounds in `intervals.ts`.
 */

/** Number of an operation in its program; operations refer to earlier ones by it. */
export type TensorId = number;

interface OperationBase {
  /** Module path and operator of the layer that the operation came from, for reports and circuits. */
  readonly name: string;
  readonly size: number;
}

/** Integers of the declared domain [lo, hi]: the user's input. */
export interface InputOperation extends OperationBase {
  readonly kind: "input";
  readonly lo: number;
  readonly hi: number;
}

/**
 * out[c * P + p] = bias[c * P + p] + sum_k weights[c * K + k] * x[index[(g * P + p) * K + k]], with the group
 * g = floor(c * groups / C). An index of -1 reads 0 (padding). Linear layers, convolutions, average pools,
 * sums and element-wise scalings are all of this form. It costs no non-linear constraint.
 */
export interface LinearOperation extends OperationBase {
  readonly kind: "linear";
  readonly inputs: readonly TensorId[];
  readonly channels: number;
  readonly positions: number;
  readonly taps: number;
  readonly groups: number;
  readonly weights: Int32Array;
  /** Into the concatenation of the inputs. */
  readonly index: Int32Array;
  /** One a channel or one an output element; integers below 2^53. */
  readonly bias: Float64Array;
  /**
   * Whether weights and bias are the prover's secret, which only a commitment shows. Bounds then depend on them by
   * their bit length alone: see secret.ts. Both are empty in what is published of the program.
   */
  readonly secret?: true;
}

/** out[i] = x[index[i]] of the concatenated inputs; -1 reads 0. Wiring only: no constraint at all. */
export interface ViewOperation extends OperationBase {
  readonly kind: "view";
  readonly inputs: readonly TensorId[];
  readonly index: Int32Array;
}

/**
 * q = floor((x + 2^(shift-1)) / 2^shift) (no rounding term where shift is 0), then clamped to [min, max].
 * Parameters are per block of size / blocks consecutive elements. `min` is 0 for a fused ReLU; -Infinity and
 * Infinity where nothing is clamped. A finite `max` beside a finite `min` spans a power of two.
 */
export interface RequantizeOperation extends OperationBase {
  readonly kind: "requantize";
  readonly input: TensorId;
  readonly blocks: number;
  readonly shift: Int32Array;
  readonly min: number;
  readonly max: number;
}

/** out[i] = max over j < window of x[index[i * window + j]]; an index of -1 is left out (padding). */
export interface MaxOperation extends OperationBase {
  readonly kind: "max";
  readonly input: TensorId;
  readonly window: number;
  readonly index: Int32Array;
}

/** A function of one number, fused with a requantization: see {@link Activation}. The table covers the interval of q. */
export interface ActivateOperation extends OperationBase, Activation {
  readonly kind: "activate";
  readonly input: TensorId;
}

/** out[i] = the lowest j with x[i * classes + j] maximal. */
export interface ArgmaxOperation extends OperationBase {
  readonly kind: "argmax";
  readonly input: TensorId;
  readonly classes: number;
}

/**
 * For each run of `row` consecutive elements, its k greatest in descending order, then their places in the run; of equals
 * the lowest place first.
 */
export interface TopKOperation extends OperationBase {
  readonly kind: "topk";
  readonly input: TensorId;
  readonly row: number;
  readonly k: number;
}

/** out[i] = a[i] * b[i]. */
export interface ProductOperation extends OperationBase {
  readonly kind: "product";
  readonly inputs: readonly [TensorId, TensorId];
}

/** out[i] = floor(2^numerator / x[i]) of x[i] >= 1. */
export interface ReciprocalOperation extends OperationBase {
  readonly kind: "reciprocal";
  readonly input: TensorId;
  readonly numerator: number;
}

/**
 * out[n, r, c] = floor((sum over k of a[n, r, k] * b[n, k, c] + 2^(shift-1)) / 2^shift), as requantization rounds; 0
 * where `causal` and c > r + columns - rows.
 */
export interface MatmulOperation extends OperationBase {
  readonly kind: "matmul";
  readonly inputs: readonly [TensorId, TensorId];
  readonly batch: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly shift: number;
  readonly causal: boolean;
}

/** out[i * width + d] = table[x[i] * width + d]; the input's interval lies within the table's rows. */
export interface LookupOperation extends OperationBase {
  readonly kind: "lookup";
  readonly input: TensorId;
  readonly width: number;
  readonly table: Int32Array;
}

/**
 * For each row of consecutive elements, `softmax` of arithmetic.ts: e[i] = table[max - x[i]], or 0 beyond the table;
 * out[i] = round(e[i] * floor(2^numerator / sum of e) / 2^(numerator - fraction)).
 */
export interface SoftmaxOperation extends OperationBase {
  readonly kind: "softmax";
  readonly input: TensorId;
  readonly rows: Int32Array;
  readonly table: Int32Array;
  readonly numerator: number;
  readonly fraction: number;
}

/**
 * For each run of `row` consecutive elements, `layerNorm` of arithmetic.ts (centered, with a mean of `meanBits`
 * fraction bits) or `scaleRow` (RMS and L2 norm): an element times about 2^(rootBits - drop) / sqrt(epsilon + sum of
 * squares).
 */
export interface NormalizeOperation extends OperationBase {
  readonly kind: "normalize";
  readonly input: TensorId;
  readonly row: number;
  readonly centered: boolean;
  readonly meanBits: number;
  readonly epsilon: number;
  readonly rootBits: number;
  readonly drop: number;
}

export type Operation =
  | InputOperation
  | LinearOperation
  | ViewOperation
  | RequantizeOperation
  | MaxOperation
  | ActivateOperation
  | ArgmaxOperation
  | TopKOperation
  | ProductOperation
  | ReciprocalOperation
  | MatmulOperation
  | LookupOperation
  | SoftmaxOperation
  | NormalizeOperation;

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

/** The tensors that an operation reads. */
export function operandsOf(operation: Operation): readonly TensorId[] {
  switch (operation.kind) {
    case "input":
      return [];
    case "linear":
    case "view":
    case "product":
    case "matmul":
      return operation.inputs;
    default:
      return [operation.input];
  }
}

/** For each element of a tensor, the least and the greatest integer that any input of the domain can give. */
export interface Intervals {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** Shares of a whole: the natural numbers of one group sum to at most `most`; group -1 is none. */
  readonly shares?: { readonly group: Int32Array; readonly most: number };
  /** Sums with secret weights: what honest weights give, where lo and hi hold for any. */
  readonly honest?: { readonly least: number; readonly most: number };
}
