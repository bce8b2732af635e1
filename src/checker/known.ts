import type { Program } from "./program.js";

/** The least and the greatest value of each element. */
export interface Bounds {
  readonly lo: readonly bigint[];
  readonly hi: readonly bigint[];
}

/** What is known of a program's tensors so far, by number. */
export interface Known {
  readonly program: Program;
  readonly bounds: Bounds[];
  /** Of matrix products: the sums of all elements before they are rounded, of those too that nobody wants. */
  readonly sums: Map<number, Bounds>;
}
