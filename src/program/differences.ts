import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Intervals } from "./operations/bounds.js";
import type { TensorId } from "./operations/definition.js";
import type { LinearOperation } from "./operations/linear.js";
import { RowPairs } from "./rowPairs.js";
import type { Program } from "./types.js";

/** One output of a linear map on integers: the sum of weights[first + k] x[index[start + k]], k < taps; -1 reads 0. */
export interface LinearForm {
  readonly weights: ArrayLike<number>;
  readonly first: number;
  readonly index: Int32Array;
  readonly start: number;
  readonly taps: number;
}

/** Bounds of differences of linear forms of one tensor, whose intervals are given. */
export class FormDifferences {
  private readonly sums: Float64Array;
  private readonly seen: number[] = [];

  constructor(private readonly x: Intervals) {
    this.sums = new Float64Array(x.lo.length);
  }

  /** The greatest |constant + a - b|. */
  bound(a: LinearForm, b: LinearForm, constant = 0): number {
    this.seen.length = 0;
    this.collect(a, 1);
    this.collect(b, -1);
    const { x } = this;
    let [lo, hi] = [constant, constant];
    for (const source of this.seen) {
      const w = this.sums[source];
      this.sums[source] = 0;
      lo += w * (w > 0 ? x.lo[source] : x.hi[source]);
      hi += w * (w > 0 ? x.hi[source] : x.lo[source]);
    }
    return Math.max(hi, -lo, 0);
  }

  private collect({ weights, first, index, start, taps }: LinearForm, sign: 1 | -1): void {
    for (let k = 0; k < taps; k++) {
      const source = index[start + k];
      if (source < 0 || weights[first + k] === 0) continue;
      this.sums[source] += sign * weights[first + k];
      // A source may be listed twice: its sum is taken at once, and is 0 from then on.
      this.seen.push(source);
    }
  }
}

/**
 * Bounds on |x[i] - x[j]| of two elements of a tensor. Outputs of one linear layer that read the same inputs (the
 * overlapping windows of a convolution) differ by less than their separate intervals say: the difference is itself
 * a linear form of the layer's inputs, whose interval is exact here.
 */
export class Differences {
  private readonly forms = new Map<TensorId, FormDifferences>();
  private readonly pairs = new Map<
    LinearOperation,
    { readonly rows: RowPairs; readonly known: Map<number, number> }
  >();

  constructor(
    private readonly program: Program,
    private readonly intervals: readonly Intervals[],
  ) {}

  /** The greatest |x[i] - x[j]| that inputs of the domain can give. */
  bound(tensor: TensorId, i: number, j: number): number {
    if (i === j) return 0;
    const operation = this.program.operations[tensor];
    if (operation.kind === "linear" && !operation.secret && operation.inputs.length === 1)
      return this.linearBound(operation, i, j);
    if (operation.kind === "view" && operation.inputs.length === 1) {
      const [a, b] = [operation.index[i], operation.index[j]];
      if (a >= 0 && b >= 0) return this.bound(operation.inputs[0], a, b);
    }
    const { lo, hi } = this.intervals[tensor];
    return Math.max(hi[i] - lo[j], hi[j] - lo[i], 0);
  }

  private linearBound(operation: LinearOperation, i: number, j: number): number {
    const { channels, bias, positions } = operation;
    const biasOf = (element: number) =>
      bias[bias.length === channels ? Math.floor(element / positions) : element];
    const constant = biasOf(i) - biasOf(j);
    const bound =
      channels > operation.groups
        ? this.pairBound(operation, i, j, constant)
        : this.formsOf(operation).bound(formOf(operation, i), formOf(operation, j), constant);
    if (bound < 2 ** 53) return bound;
    throw new Torch2CircomError(
      "NUMBERS_TOO_LARGE",
      `${operation.name}: elements ${i} and ${j} can differ by ${bound}, beyond 2^53`,
      "Use fewer weight or activation bits for this model.",
    );
  }

  private formsOf({ inputs: [input] }: LinearOperation): FormDifferences {
    const forms = this.forms.get(input) ?? new FormDifferences(this.intervals[input]);
    this.forms.set(input, forms);
    return forms;
  }

  /** Of rows that several channels weigh: in the same channel, a pair of rows that has been met has a known bound. */
  private pairBound(operation: LinearOperation, i: number, j: number, constant: number): number {
    const { inputs, index, taps, weights, positions } = operation;
    let pairs = this.pairs.get(operation);
    if (pairs === undefined) {
      pairs = { rows: new RowPairs(index, taps, this.intervals[inputs[0]]), known: new Map() };
      this.pairs.set(operation, pairs);
    }
    const [a, b] = [formOf(operation, i), formOf(operation, j)];
    const pair = pairs.rows.of(a.start / taps, b.start / taps);
    const compute = () => pairs.rows.bound(pair, weights, a.first, b.first, constant);
    const channel = Math.floor(i / positions);
    if (channel !== Math.floor(j / positions) || constant !== 0) return compute();
    const key = pair * operation.channels + channel;
    const known = pairs.known.get(key) ?? compute();
    pairs.known.set(key, known);
    return known;
  }
}

/** An output of a linear operation, without its bias. */
function formOf(operation: LinearOperation, element: number): LinearForm {
  const { channels, positions, taps, groups, weights, index } = operation;
  const c = Math.floor(element / positions);
  const row = Math.floor((c * groups) / channels) * positions + (element % positions);
  return { weights, first: c * taps, index, start: row * taps, taps };
}
