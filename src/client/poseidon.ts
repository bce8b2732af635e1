import {
  grainGenConstants,
  poseidon as permutation,
  type PoseidonFn,
} from "@noble/curves/abstract/poseidon.js";
import { bn254_Fr } from "@noble/curves/bn254.js";

/** Partial rounds for 1 to 16 elements, as circomlib's poseidon.circom has them. */
const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

const permutations = new Map<number, PoseidonFn>();

/**
 * circomlib's Poseidon hash. Constants are computed when a size is used first, within 0.2 s: as text, those of all
 * sizes would be 0.5 MB.
 *
 * @param elements 1 to 16 numbers, taken modulo the order of the field
 * @throws RangeError for another number of elements
 */
export function poseidon(elements: readonly bigint[]): bigint {
  return permutationOf(elements.length)([0n, ...elements])[0];
}

function permutationOf(size: number): PoseidonFn {
  let found = permutations.get(size);
  if (found === undefined) {
    const roundsPartial = PARTIAL_ROUNDS[size - 1];
    if (roundsPartial === undefined) throw new RangeError(`Poseidon takes 1 to 16 elements, not ${size}`);
    const options = { Fp: bn254_Fr, t: size + 1, roundsFull: 8, roundsPartial, sboxPower: 5 };
    found = permutation({ ...options, ...grainGenConstants(options) });
    permutations.set(size, found);
  }
  return found;
}
