/** Multiples of a group's generator: `scalars[i] · G`. */
export interface FixedBaseJob {
  readonly group: "G1" | "G2";
  /** In [0, r). */
  readonly scalars: readonly bigint[];
}

/** Bytes of an affine point: little-endian coordinates in Montgomery form, as the files of snarkjs hold them. */
export const POINT_BYTES = { G1: 64, G2: 128 } as const;

/** Points between two reports of progress. */ export const POINTS_PER_REPORT = 1024;
