/** The part that is used of snarkjs 0.7, which has no types of its own. */
declare module "snarkjs" {
  import type { Proof, PublicSignals, VerificationKey } from "./types.js";

  /** A file by path, or in memory. */
  type Source = string | { type: "mem"; data?: Uint8Array };

  interface Logger {
    debug(text: string): void;
    info(text: string): void;
    warn(text: string): void;
    error(text: string): void;
  }

  namespace groth16 {
    function prove(
      zkey: Source,
      witness: Source,
      logger?: Logger,
      options?: { singleThread?: boolean },
    ): Promise<{ proof: Proof; publicSignals: PublicSignals }>;
    /** Takes any number of signals and compares it with nothing: the caller has to. */
    function verify(
      key: VerificationKey,
      signals: PublicSignals,
      proof: Proof,
      logger?: Logger,
    ): Promise<boolean>;
  }

  namespace powersOfTau {
    /** False, or a rejection, after an error in the log. */
    function verify(ptau: Source, logger?: Logger): Promise<boolean>;
  }

  namespace zKey {
    /** Resolves with the hash of the circuit, or with -1 after an error in the log. */
    function newZKey(r1cs: Source, ptau: Source, zkey: Source, logger?: Logger): Promise<Uint8Array | -1>;
    /** Mixes the entropy with the system's own; resolves with the hash of the contribution. */
    function contribute(
      from: Source,
      to: Source,
      name: string,
      entropy: string,
      logger?: Logger,
    ): Promise<Uint8Array>;
    function verifyFromR1cs(r1cs: Source, ptau: Source, zkey: Source, logger?: Logger): Promise<boolean>;
    function verifyFromInit(initial: Source, ptau: Source, zkey: Source, logger?: Logger): Promise<boolean>;
    function exportVerificationKey(zkey: Source, logger?: Logger): Promise<VerificationKey>;
  }

  /** A group of the curve. Points are bytes: little-endian coordinates in Montgomery form. */
  interface Group {
    readonly g: Uint8Array;
    toAffine(point: Uint8Array): Uint8Array;
    toJacobian(point: Uint8Array): Uint8Array;
    double(point: Uint8Array): Uint8Array;
    readonly zero: Uint8Array;
    /** Of points in affine or Jacobian coordinates, which their length tells apart; so do all functions. */
    add(left: Uint8Array, right: Uint8Array): Uint8Array;
    fromObject(coordinates: readonly (readonly bigint[])[]): Uint8Array;
    /** Coordinates in Jacobian form, those in G2 as pairs. */
    toObject(point: Uint8Array): unknown;
    isValid(point: Uint8Array): boolean;
    isZero(point: Uint8Array): boolean;
    timesScalar(point: Uint8Array, scalar: bigint): Uint8Array;
    /** Each affine point times `first`, then by `increment` more from point to point; scalars in Montgomery form. */
    batchApplyKey(points: Uint8Array, first: Uint8Array, increment: Uint8Array): Promise<Uint8Array>;
  }

  /** The scalar field. Elements are 32 bytes, little-endian, in Montgomery form. */
  interface ScalarField {
    readonly one: Uint8Array;
    /** From 32 bytes, little-endian, not in Montgomery form. */
    fromRprLE(bytes: Uint8Array): Uint8Array;
  }

  /** The memory of the curve's WebAssembly, with an allocator that never frees. */
  interface CurveMemory {
    readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
    u8: Uint8Array;
    u32: Uint32Array;
    readonly instance: { readonly exports: Readonly<Record<string, (...args: number[]) => unknown>> };
    alloc(bytes: number): number;
    setBuff(at: number, bytes: Uint8Array): void;
    getBuff(at: number, bytes: number): Uint8Array;
    /** How many threads there are. */
    readonly concurrency: number;
    /** Runs commands in the memory of a thread, and resolves with what the GETs got. */
    queueAction(commands: readonly object[]): Promise<Uint8Array[]>;
  }

  interface Curve {
    readonly G1: Group;
    readonly G2: Group;
    readonly Fr: ScalarField;
    readonly tm: CurveMemory;
    terminate(): Promise<void>;
  }

  namespace curves {
    function getCurveFromName(name: "bn128", options?: { singleThread?: boolean }): Promise<Curve>;
  }

  export { groth16, powersOfTau, zKey, curves, type Curve, type CurveMemory, type Logger, type Source };
}
