import type { Intervals } from "./intervals.js";
import type { LinearOperation, Program, TensorId } from "./types.js";

/**
 * Bounds on |x[i] - x[j]| of two elements of a tensor. Outputs of one linear layer that read the same inputs (the
 * overlapping windows of a convolution) differ by less than their separate intervals say: the difference is itself
 * a linear form of the layer's inputs, whose interval is exact here.
 */
export class Differences {
  private readonly scratch = new Map<number, number>();

  constructor(
    private readonly program: Program,
    private readonly intervals: readonly Intervals[],
  ) {}

  /** The greatest |x[i] - x[j]| that inputs of the domain can give. */
  bound(tensor: TensorId, i: number, j: number): number {
    if (i === j) return 0;
    const operation = this.program.operations[tensor];
    if (operation.kind === "linear" && operation.inputs.length === 1)
      return this.linearBound(operation, i, j);
    if (operation.kind === "view" && operation.inputs.length === 1) {
      const [a, b] = [operation.index[i], operation.index[j]];
      if (a >= 0 && b >= 0) return this.bound(operation.inputs[0], a, b);
    }
    const { lo, hi } = this.intervals[tensor];
    return Math.max(hi[i] - lo[j], hi[j] - lo[i], 0);
  }

  private linearBound(operation: LinearOperation, i: number, j: number): number {
    this.scratch.clear();
    const constant = this.collect(operation, i, 1) + this.collect(operation, j, -1);
    const { lo, hi } = this.intervals[operation.inputs[0]];
    let least = constant;
    let most = constant;
    for (const [source, w] of this.scratch) {
      least += w * (w > 0 ? lo[source] : hi[source]);
      most += w * (w > 0 ? hi[source] : lo[source]);
    }
    return Math.max(most, -least, 0);
  }

  /** Adds sign times an output's linear form to the scratch; returns its constant. */
  private collect(operation: LinearOperation, element: number, sign: 1 | -1): number {
    const { channels, positions, taps, groups, weights, index, bias } = operation;
    const c = Math.floor(element / positions);
    const row = (Math.floor((c * groups) / channels) * positions + (element % positions)) * taps;
    for (let k = 0; k < taps; k++) {
      const source = index[row + k];
      if (source < 0) continue;
      this.scratch.set(source, (this.scratch.get(source) ?? 0) + sign * weights[c * taps + k]);
    }
    return sign * bias[bias.length === channels ? c : element];
  }
}
