/** One of the curve's groups, as snarkjs's WebAssembly names and stores it. */
export interface CurveGroup {
  readonly name: "G1" | "G2";
  /** Prefix of the functions of the field of its coordinates. */
  readonly field: string;
  /** Bytes of a coordinate, little-endian and in Montgomery form. */
  readonly elementBytes: number;
  /** Bytes of an affine point, as the files of snarkjs hold them too. */
  readonly pointBytes: number;
}

export const GROUPS = {
  G1: { name: "G1", field: "f1m", elementBytes: 32, pointBytes: 64 },
  G2: { name: "G2", field: "f2m", elementBytes: 64, pointBytes: 128 },
} as const satisfies Record<string, CurveGroup>;
