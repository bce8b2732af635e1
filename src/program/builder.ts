import { withCausalProducts } from "./causal.js";
import { assertExact } from "./exact.js";
import { operationIntervals } from "./intervals.js";
import {
  type Intervals,
  type Operation,
  type ProgramInput,
  type ProgramOutput,
  type Program,
  type TensorId,
} from "./types.js";

/** Collects a program's operations and knows the intervals of what it has so far. */
export class ProgramBuilder {
  readonly operations: Operation[] = [];
  readonly intervals: Intervals[] = [];
  readonly inputs: ProgramInput[] = [];
  readonly outputs: ProgramOutput[] = [];

  /** @param secretWeights whether the weights of layers are to be secret */
  constructor(readonly secretWeights = false) {}

  /** Appends an operation. @throws Torch2CircomError where its values could leave the exact range. */
  add(operation: Operation): TensorId {
    const bounds = operationIntervals(operation, this.intervals);
    assertExact(operation, bounds, this.intervals);
    this.intervals.push(bounds);
    return this.operations.push(operation) - 1;
  }

  /** Least and greatest value over all elements of a tensor. */
  bounds(tensor: TensorId): { lo: number; hi: number } {
    const { lo, hi } = this.intervals[tensor];
    return { lo: lo.reduce((a, b) => Math.min(a, b)), hi: hi.reduce((a, b) => Math.max(a, b)) };
  }

  build(source: string): Program {
    const operations = withCausalProducts(this.operations, this.outputs);
    return { source, operations, inputs: this.inputs, outputs: this.outputs };
  }
}
