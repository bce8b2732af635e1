import { createRequire } from "node:module";
import type { Proof, VerificationKey } from "../../../src/groth16/types.js";

/** A proof as snarkjs writes it: projective coordinates as decimal strings. */
export interface SnarkJsProof {
  pi_a: [string, string, string];
  pi_b: [[string, string], [string, string], [string, string]];
  pi_c: [string, string, string];
}

interface Curve {
  Fr: { toObject(element: Uint8Array): bigint; fromRng(rng: unknown): Uint8Array };
}

interface SnarkJs {
  groth16: {
    prove(key: Uint8Array, witness: Uint8Array): Promise<{ proof: SnarkJsProof; publicSignals: string[] }>;
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
  ChaCha: new (seed: number[]) => unknown;
}

// snarkjs has no types of its own.
const require = createRequire(import.meta.url);
const { ChaCha, buildBn128 } = require("ffjavascript") as Pick<SnarkJs, "ChaCha"> & {
  buildBn128(singleThread: true): Promise<Curve>;
};

/** The parts of snarkjs that the contracts' tests use. */
export const snarkjs: SnarkJs = { ...(require("snarkjs") as Omit<SnarkJs, "ChaCha">), ChaCha };

/** What computes the witness of a circuit that circom has compiled. */
interface WitnessCalculator {
  /** @param isChecked whether asserts of the circuit count */
  calculateWTNSBin(input: Record<string, bigint>, isChecked: boolean): Promise<Uint8Array>;
}

/** What snarkjs makes anew for each witness. */
export const { WitnessCalculatorBuilder: witnessCalculator } = createRequire(require.resolve("snarkjs"))(
  "circom_runtime",
) as { WitnessCalculatorBuilder(wasm: Uint8Array): Promise<WitnessCalculator> };

let curve: Promise<Curve> | undefined;

/**
 * The curve BN254, in one thread, where snarkjs looks for it. It would make one for each proof, which takes three
 * quarters of the time, or one with threads, which keep the process alive.
 */
export async function loadCurve(): Promise<Curve> {
  const shared = globalThis as { curve_bn128?: Curve };
  return (shared.curve_bn128 = await (curve ??= buildBn128(true)));
}

/** The words of a proof as snarkjs writes it. */
export function snarkjsProof([ax, ay, bx1, bx0, by1, by0, cx, cy]: readonly bigint[]): Proof {
  const text = (...numbers: bigint[]) => numbers.map(String) as never;
  return {
    pi_a: text(ax, ay, 1n),
    pi_b: [text(bx0, bx1), text(by0, by1), text(1n, 0n)],
    pi_c: text(cx, cy, 1n),
    protocol: "groth16",
    curve: "bn128",
  };
}
