import type { LinearMap } from "./types.js";
import { at, spread, type Operand } from "./operand.js";

/** floor(x + 1/2), as everywhere. */
export function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5);
}

/**
 * A unit of which given scales are nearly whole multiples: within 2^-(bits + 1) of their own size. Equal scales give
 * multiples of 1, and scales of very different size a multiple of 1 for the smallest.
 *
 * @param exact for each scale, the greatest error that it may have beside that; Infinity by default
 */
export function commonUnit(
  scales: readonly number[],
  bits: number,
  exact: readonly number[] = [],
): { unit: number; multiples: number[] } {
  const sizes = scales.map(Math.abs);
  const least = Math.min(...sizes);
  for (let parts = 1; ; parts++) {
    const multiples = sizes.map((s) => Math.max(1, roundHalfUp((s / least) * parts)));
    const fits = sizes.every(
      (s, i) =>
        Math.abs((multiples[i] * least) / (parts * s) - 1) <= 2 ** -(bits + 1) &&
        Math.abs((multiples[i] * least) / parts - s) <= (exact[i] ?? Infinity),
    );
    if (fits || parts >= 2 ** bits) {
      return { unit: least / parts, multiples: multiples.map((m, i) => m * Math.sign(scales[i])) };
    }
  }
}

/**
 * Folds an operand's scale into the weights, its offset into the bias: the map on its integers. Where the offset
 * is not zero the bias gets one entry per output element, since padding has no offset.
 *
 * @param x elements that share a weight have one scale
 */
export function foldScale(x: Operand, map: LinearMap): { weights: Float64Array; bias: Float64Array } {
  const { channels, positions, taps, groups, index } = map;
  const weights = new Float64Array(map.weights.length);
  const offset = x.offset.some((o) => o !== 0);
  const bias = offset ? spread(map.bias, channels * positions) : map.bias;
  const scales = Array.from({ length: groups }, (_, group) => tapScales(x, map, group * positions));
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let k = 0; k < taps; k++) {
      const w = map.weights[c * taps + k];
      weights[c * taps + k] = w * scales[group][k];
      for (let p = 0; offset && p < positions; p++) {
        const i = index[(group * positions + p) * taps + k];
        if (i >= 0) bias[c * positions + p] += w * at(x.offset, i);
      }
    }
  }
  return { weights, bias };
}

/** The scale of what each tap of a group reads, 0 where it reads nothing. @param firstRow of the group */
function tapScales(
  { scale }: Operand,
  { positions, taps, index }: LinearMap,
  firstRow: number,
): Float64Array {
  const scales = new Float64Array(taps);
  for (let k = 0; k < taps; k++) {
    let known: number | undefined;
    for (let p = 0; p < positions; p++) {
      const i = index[(firstRow + p) * taps + k];
      if (i < 0) continue;
      const own = at(scale, i);
      if (known !== undefined && own !== known)
        throw new Error("elements that share a weight have two scales");
      known = own;
    }
    scales[k] = known ?? 0;
  }
  return scales;
}
