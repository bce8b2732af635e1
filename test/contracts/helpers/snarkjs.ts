import { createRequire } from "node:module";
import type { VerificationKey } from "../../../src/groth16/types.js";

/** A proof as snarkjs writes it: projective coordinates as decimal strings. */
export interface SnarkJsProof {
  pi_a: [string, string, string];
  pi_b: [[string, string], [string, string], [string, string]];
  pi_c: [string, string, string];
}

interface Curve {
  Fr: { toObject(element: Uint8Array): bigint; fromRng(rng: unknown): Uint8Array };
  terminate(): Promise<void>;
}

interface SnarkJs {
  groth16: {
    fullProve(
      input: Record<string, bigint>,
      wasm: string,
      zkey: string,
      logger: undefined,
      witnessOptions: undefined,
      proverOptions: { singleThread: boolean },
    ): Promise<{ proof: SnarkJsProof; publicSignals: string[] }>;
    verify(key: VerificationKey, publicSignals: string[], proof: SnarkJsProof): Promise<boolean>;
  };
  powersOfTau: {
    newAccumulator(curve: Curve, power: number, file: string): Promise<void>;
    contribute(from: string, to: string, name: string, entropy: string): Promise<void>;
    preparePhase2(from: string, to: string): Promise<void>;
  };
  zKey: {
    newZKey(r1cs: string, ptau: string, zkey: string): Promise<void>;
    contribute(from: string, to: string, name: string, entropy: string): Promise<void>;
    beacon(from: string, to: string, name: string, hash: string, iterationsExponent: number): Promise<void>;
    exportVerificationKey(zkey: string): Promise<VerificationKey>;
    exportSolidityVerifier(zkey: string, templates: { groth16: string }): Promise<string>;
  };
  curves: { getCurveFromName(name: string): Promise<Curve> };
  ChaCha: new (seed: number[]) => unknown;
}

// snarkjs has no types of its own.
const require = createRequire(import.meta.url);
const { ChaCha } = require("ffjavascript") as Pick<SnarkJs, "ChaCha">;

/** The parts of snarkjs that the contracts' tests use. */
export const snarkjs: SnarkJs = { ...(require("snarkjs") as Omit<SnarkJs, "ChaCha">), ChaCha };

/** The curve BN254; snarkjs's threads live until it is terminated. */
export function loadCurve(): Promise<Curve> {
  return snarkjs.curves.getCurveFromName("bn128");
}
