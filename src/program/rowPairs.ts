import type { Intervals } from "./operations/bounds.js";
import { intervalKinds } from "./rowClasses.js";

/** Two rows of an index: the inputs that they read together, each once. */
interface Pair {
  /** For each tap of the first row, then of the second, the number of its input among those of the pair; -1 is none. */
  readonly place: Int32Array;
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/**
 * Bounds on the differences of sums of a linear map. Pairs of rows that overlap alike and read
 * inputs of equal intervals are one: a pooling's windows mostly are.
 */
export class RowPairs {
  private readonly pairs: Pair[] = [];
  private readonly byRows = new Map<number, number>();
  private readonly alike = new Map<string, number>();
  private readonly kinds: Int32Array;
  private readonly sums: Float64Array;

  /**
   * @param index of the map, `taps` entries per row; -1 reads 0
   * @param x intervals of the inputs
   */
  constructor(
    private readonly index: Int32Array,
    private readonly taps: number,
    private readonly x: Intervals,
  ) {
    this.kinds = intervalKinds(x);
    this.sums = new Float64Array(2 * taps);
  }

  /** The number of the pair that rows a and b are: equal pairs have equal numbers. */
  of(a: number, b: number): number {
    const rows = this.index.length / this.taps;
    const known = this.byRows.get(a * rows + b);
    if (known !== undefined) return known;
    const { place, inputs } = this.read(a, b);
    const signature = `${place.join()};${inputs.map((input) => this.kinds[input]).join()}`;
    let pair = this.alike.get(signature);
    if (pair === undefined) {
      const ends = (side: Float64Array) => Float64Array.from(inputs, (input) => side[input]);
      pair = this.pairs.push({ place, lo: ends(this.x.lo), hi: ends(this.x.hi) }) - 1;
      this.alike.set(signature, pair);
    }
    this.byRows.set(a * rows + b, pair);
    return pair;
  }

  /**
   * The greatest |constant + difference| of a pair's sums.
   * @param a where the weights of the first row begin, b those of the second
   */
  bound(pair: number, weights: ArrayLike<number>, a = 0, b = 0, constant = 0): number {
    const { sums, taps } = this;
    const { place, lo, hi } = this.pairs[pair];
    sums.fill(0, 0, lo.length);
    for (let k = 0; k < taps; k++) {
      if (place[k] >= 0) sums[place[k]] += weights[a + k];
      if (place[taps + k] >= 0) sums[place[taps + k]] -= weights[b + k];
    }
    let least = constant;
    let greatest = constant;
    for (let i = 0; i < lo.length; i++) {
      const w = sums[i];
      least += w * (w > 0 ? lo[i] : hi[i]);
      greatest += w * (w > 0 ? hi[i] : lo[i]);
    }
    return Math.max(greatest, -least, 0);
  }

  private read(a: number, b: number): { place: Int32Array; inputs: number[] } {
    const { index, taps } = this;
    const place = new Int32Array(2 * taps).fill(-1);
    const numbers = new Map<number, number>();
    for (let k = 0; k < 2 * taps; k++) {
      const input = k < taps ? index[a * taps + k] : index[b * taps + k - taps];
      if (input < 0) continue;
      if (!numbers.has(input)) numbers.set(input, numbers.size);
      place[k] = numbers.get(input)!;
    }
    return { place, inputs: [...numbers.keys()] };
  }
}
