import { readFileSync } from "node:fs";
import { join } from "node:path";
import { concat, toBeHex } from "ethers";
import type { G1Point, G2Point, VerificationKey } from "../../../src/groth16/types.js";
import { loadCurve, snarkjs, witnessCalculator, type SnarkJsProof } from "./snarkjs.js";

const folder = join(import.meta.dirname, "..", "fixtures");

/** Order of the scalar field. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
/** Order of the base field. */
export const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** The keys of the fixture circuit, see fixtures/generate.ts. */
export const keys = JSON.parse(readFileSync(join(folder, "keys.json"), "utf8")) as {
  contributed: VerificationKey;
  uncontributed: VerificationKey;
  beaconOnly: VerificationKey;
  beaconDelta: string;
};

export const provingKey = join(folder, "inference.zkey");

/** Read and compiled once: both take longer than a proof of this circuit. */
const [keyBytes, calculator] = [
  readFileSync(provingKey),
  witnessCalculator(readFileSync(join(folder, "inference.wasm"))),
];

/** A proof in the order of the precompiled contracts: A, B with imaginary parts first, C. */
export type ProofWords = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

export interface Inference {
  proof: ProofWords;
  /** outputWords[0], inputCommitment, binding */
  signals: [bigint, bigint, bigint];
  raw: SnarkJsProof;
}

/** What the circuit says of x and its salt. */
export function evaluate(x: bigint, salt: bigint): { output: bigint; inputCommitment: bigint } {
  return { output: (3n * x * x + 7n) % R, inputCommitment: ((x + 5n) * (salt + x)) % R };
}

/** A real proof of the fixture circuit. */
export async function prove(x: bigint, salt: bigint, binding: bigint): Promise<Inference> {
  await loadCurve();
  const witness = await (await calculator).calculateWTNSBin({ x, salt, binding }, true);
  const { proof, publicSignals } = await snarkjs.groth16.prove(keyBytes, witness);
  const signals = publicSignals.map(BigInt) as [bigint, bigint, bigint];
  return { proof: proofWords(proof), signals, raw: proof };
}

export function proofWords({ pi_a: a, pi_b: b, pi_c: c }: SnarkJsProof): ProofWords {
  return [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]].map(BigInt) as ProofWords;
}

/** The arguments of `verifyProof` of an exported verifier. */
export function verifierArguments(
  proof: ProofWords,
): [[bigint, bigint], [[bigint, bigint], [bigint, bigint]], [bigint, bigint]] {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof;
  return [
    [ax, ay],
    [
      [bx1, bx0],
      [by1, by0],
    ],
    [cx, cy],
  ];
}

/** The bytes that `ModelRegistry.register` takes. */
export function encodeKey(key: VerificationKey): string {
  const g1 = ([x, y]: G1Point): string[] => [x, y];
  const g2 = ([x, y]: G2Point): string[] => [x[1], x[0], y[1], y[0]];
  const words = [
    ...g1(key.vk_alpha_1),
    ...[key.vk_beta_2, key.vk_gamma_2, key.vk_delta_2].flatMap(g2),
    ...key.IC.flatMap(g1),
  ];
  return concat(words.map((word) => toBeHex(BigInt(word), 32)));
}
