import { concat, dataSlice, toBeHex } from "ethers";
import type { VerificationKey } from "../../../src/groth16/types.js";
import { ethers } from "./escrow.js";
import { P, type ProofWords, R } from "./fixture.js";

export type Point = [bigint, bigint];

async function precompiled(address: number, words: bigint[]): Promise<Point> {
  const data = concat(words.map((word) => toBeHex(word, 32)));
  const result = await ethers.provider.call({ to: toBeHex(address, 20), data });
  return [BigInt(dataSlice(result, 0, 32)), BigInt(dataSlice(result, 32, 64))];
}

export function add(p: Point, q: Point): Promise<Point> {
  return precompiled(6, [...p, ...q]);
}

export function multiply(p: Point, scalar: bigint): Promise<Point> {
  return precompiled(7, [...p, scalar % R]);
}

export function negate([x, y]: Point): Point {
  return [x, (P - y) % P];
}

/** The inverse modulo R, by Fermat. */
export function invert(scalar: bigint): bigint {
  let [result, base] = [1n, scalar % R];
  for (let exponent = R - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % R;
    base = (base * base) % R;
  }
  return result;
}

/**
 * A proof of any statement, by whoever knows delta/gamma: A = alpha, B = beta, C = -(gamma/delta) Σ signals·IC.
 * Without a contribution to phase 2, delta/gamma is 1.
 */
export async function forge(key: VerificationKey, signals: bigint[], delta: bigint): Promise<ProofWords> {
  const points = key.IC.map(([x, y]): Point => [BigInt(x), BigInt(y)]);
  let sum = points[0];
  for (const [i, signal] of signals.entries()) sum = await add(sum, await multiply(points[i + 1], signal));
  const [x, y] = key.vk_beta_2;
  const c = await multiply(negate(sum), invert(delta));
  return [key.vk_alpha_1[0], key.vk_alpha_1[1], x[1], x[0], y[1], y[0], ...c].map(BigInt) as ProofWords;
}
