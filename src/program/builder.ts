import { withCausalProducts } from "./causal.js";
import { withoutDeadValues } from "./deadValues.js";
import { operationIntervals } from "./intervals.js";
import { hull, type Bounds, type Intervals } from "./operations/bounds.js";
import type { TensorId } from "./operations/definition.js";
import type { Operation } from "./operations/index.js";
import { SharedOperations } from "./shared.js";
import type { ProgramInput, ProgramOutput, Program } from "./types.js";

/** Collects a program's operations and knows the intervals of what it has so far. */
export class ProgramBuilder {
  readonly operations: Operation[] = [];
  readonly intervals: Intervals[] = [];
  readonly inputs: ProgramInput[] = [];
  readonly outputs: ProgramOutput[] = [];

  /**
   * @param secretWeights whether the weights of layers are to be secret
   * @param shared operations of other programs of the model
   */
  constructor(
    readonly secretWeights = false,
    private readonly shared = new SharedOperations(),
  ) {}

  /** Appends an operation. @throws Torch2CircomError where its values could leave the exact range. */
  add(made: Operation): TensorId {
    const operation = this.shared.of(made);
    this.intervals.push(operationIntervals(operation, this.intervals));
    return this.operations.push(operation) - 1;
  }

  /** Least and greatest value over all elements of a tensor. */
  bounds(tensor: TensorId): Bounds {
    return hull(this.intervals[tensor]);
  }

  /** All that was added. */
  whole(source: string): Program {
    return { source, operations: this.operations, inputs: this.inputs, outputs: this.outputs };
  }

  /** What the outputs depend on. */
  build(source: string): Program {
    const program = withoutDeadValues(this.whole(source));
    const operations = withCausalProducts(program.operations, program.outputs);
    return { ...program, operations: operations.map((operation) => this.shared.of(operation)) };
  }
}
