import type { DType, Shape } from "../../tensor/types.js";

/** An array of a samples file: all samples, the first axis counting them. */
export interface SampleArray {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float64Array;
  /** Whether the elements are one list, whatever the shape of a sample. */
  readonly flat?: boolean;
}
