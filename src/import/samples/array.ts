import type { DType, Shape } from "../../tensor/types.js";

/** An array of a samples file: all samples, the first axis counting them. */
export interface SampleArray {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Float64Array;
  /** Whether the elements are one list, whatever the shape of a sample. */
  readonly flat?: boolean;
  /** Names of the columns that the array was made of. */
  readonly columns?: readonly string[];
}

/** What a file of samples holds, by name. */
export interface SampleFile {
  readonly arrays: Map<string, SampleArray>;
  /** Lists of text that name what the arrays hold. */
  readonly texts: Map<string, readonly string[]>;
}
