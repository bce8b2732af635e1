/** Element types after import: every float width is "float", every integer width "int". */
export type DType = "float" | "int" | "bool";

/** A static shape, outermost dimension first; [] is a scalar. */
export type Shape = readonly number[];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * A dense row-major tensor. All element types share Float64Array: float32 and narrower are exact in it, and
 * integers up to 2^53 (larger ones occur only as "until the end" sentinels, which importers clamp).
 */
export interface Tensor extends TensorType {
  readonly data: Float64Array;
}
