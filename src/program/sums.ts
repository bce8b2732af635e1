/** Constant linear maps: element c * positions + p is bias + the sum over k of weight[c][k] in[index[row][k]]. */
export interface Sums {
  readonly channels: number;
  readonly positions: number;
  readonly groups: number;
  readonly weight: readonly ArrayLike<number>[];
  /** One number per channel, or per element. */
  readonly bias: ArrayLike<number>;
  /** By group and position: the inputs that are read, -1 for padding. Absent: all, in order. */
  readonly index?: readonly ArrayLike<number>[];
}

/** An element that is a constant. */
export const CONSTANT = -1;
/** An element that a constraint makes. */
export const SUM = -2;

/**
 * What circom leaves of each element of linear maps: the input that it is another name of, {@link CONSTANT} or
 * {@link SUM}.
 */
export function whatIsLeft(sums: Sums): Int32Array {
  const { channels, positions, groups, weight, bias, index } = sums;
  const repeats = index?.map(readsTwice);
  const left = new Int32Array(channels * positions);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < positions; p++) {
      const row = Math.floor((c * groups) / channels) * positions + p;
      const o = c * positions + p;
      const constant = bias[bias.length === channels ? c : o];
      const sole = soleInput(weight[c], index?.[row], repeats?.[row] === true);
      if (sole === undefined || (sole.weight !== 0 && (sole.weight !== 1 || constant !== 0))) left[o] = SUM;
      else left[o] = sole.input;
    }
  return left;
}

function readsTwice(sources: ArrayLike<number>): boolean {
  const seen = new Set<number>();
  for (let k = 0; k < sources.length; k++) {
    if (sources[k] < 0) continue;
    if (seen.has(sources[k])) return true;
    seen.add(sources[k]);
  }
  return false;
}

/** The only input that a sum reads, and its weight: 0 where it reads none. @returns undefined where it reads several */
function soleInput(
  weights: ArrayLike<number>,
  sources: ArrayLike<number> | undefined,
  repeats: boolean,
): { input: number; weight: number } | undefined {
  const read = new Map<number, number>();
  for (let k = 0; k < weights.length; k++) {
    const source = sources === undefined ? k : sources[k];
    if (weights[k] === 0 || source < 0) continue;
    const weight = (read.get(source) ?? 0) + weights[k];
    // What is read twice may cancel.
    if (weight === 0) read.delete(source);
    else read.set(source, weight);
    if (read.size > 1 && !repeats) return undefined;
  }
  if (read.size > 1) return undefined;
  const [[input, weight]] = read.size === 0 ? [[CONSTANT, 0]] : read;
  return { input, weight };
}
