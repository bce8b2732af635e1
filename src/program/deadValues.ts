import type { TensorId } from "./operations/definition.js";
import { definitionOf, operandsOf, readingFrom, type Operation } from "./operations/index.js";
import type { Slice } from "./operations/slice.js";
import type { Program } from "./types.js";

/**
 * A program without what none of its outputs depends on: tensors that nobody reads, and elements of tensors that nobody
 * reads, as far as an operation can leave them out. Outputs keep their values, and inputs all their elements, since the
 * user commits to all of them.
 */
export function withoutDeadValues(program: Program): Program {
  const slices = liveSlices(program);
  const isWhole = program.operations.every(({ size }, tensor) => slices[tensor]?.kept.length === size);
  return isWhole ? program : new Rest(program, slices).program();
}

/** What remains of each operation of a program; undefined where nothing does. */
export function liveSlices({ operations, inputs, outputs }: Program): (Slice<Operation> | undefined)[] {
  const wanted: (Uint8Array | undefined)[] = operations.map(() => undefined);
  const marksOf = (tensor: TensorId) => (wanted[tensor] ??= new Uint8Array(operations[tensor].size));
  for (const { tensor } of [...inputs, ...outputs]) marksOf(tensor).fill(1);
  const slices: (Slice<Operation> | undefined)[] = operations.map(() => undefined);
  for (let tensor = operations.length - 1; tensor >= 0; tensor--) {
    const marks = wanted[tensor];
    if (!marks?.includes(1)) continue;
    const operation = operations[tensor];
    const operands = operandsOf(operation);
    const sizes = operands.map((id) => operations[id].size);
    const slice = definitionOf(operation).slice(operation, marks, sizes);
    operands.forEach((id, i) => {
      const read = marksOf(id);
      for (const element of slice.reads[i]) read[element] = 1;
    });
    slices[tensor] = slice;
  }
  return slices;
}

/** Puts together what remains. */
class Rest {
  private readonly operations: Operation[] = [];
  /** What each tensor that remains is now. */
  private readonly ids = new Map<TensorId, TensorId>();

  constructor(
    private readonly whole: Program,
    private readonly slices: readonly (Slice<Operation> | undefined)[],
  ) {}

  program(): Program {
    this.whole.operations.forEach((operation, tensor) => {
      const slice = this.slices[tensor];
      if (slice !== undefined) this.ids.set(tensor, this.add(this.rest(operation, slice)));
    });
    const renamed = <Named extends { readonly tensor: TensorId }>(named: Named): Named => ({
      ...named,
      tensor: this.ids.get(named.tensor)!,
    });
    const { source, inputs, outputs } = this.whole;
    return {
      source,
      operations: this.operations,
      inputs: inputs.map(renamed),
      outputs: outputs.map(renamed),
    };
  }

  private add(operation: Operation): TensorId {
    return this.operations.push(operation) - 1;
  }

  private rest(operation: Operation, slice: Slice<Operation>): Operation {
    const { size } = operation;
    const isWhole = slice.kept.length === size && operandsOf(operation).every((id) => this.isWhole(id));
    if (isWhole)
      return readingFrom(
        operation,
        operandsOf(operation).map((id) => this.ids.get(id)!),
      );
    const operands = definitionOf(operation).indexed
      ? this.operandsByIndex(operation, slice)
      : { ids: this.operandsInOrder(operation, slice), moved: new Int32Array(0) };
    const sliced = { ...operation, ...slice.fields?.(operands.moved), size: slice.kept.length } as Operation;
    return readingFrom(sliced, operands.ids);
  }

  private isWhole(tensor: TensorId): boolean {
    return this.slices[tensor]?.kept.length === this.whole.operations[tensor].size;
  }

  /** The operands that are read at all, and where their elements are now in all of them together. */
  private operandsByIndex(
    operation: Operation,
    { reads }: Slice<Operation>,
  ): { readonly ids: readonly TensorId[]; readonly moved: Int32Array } {
    const operands = operandsOf(operation);
    const sizes = operands.map((id) => this.whole.operations[id].size);
    const moved = new Int32Array(sizes.reduce((sum, size) => sum + size, 0)).fill(-1);
    const ids: TensorId[] = [];
    let [start, next] = [0, 0];
    operands.forEach((id, i) => {
      if (reads[i].length > 0) {
        const { kept } = this.slices[id]!;
        kept.forEach((element, place) => (moved[start + element] = next + place));
        next += kept.length;
        ids.push(this.ids.get(id)!);
      }
      start += sizes[i];
    });
    // Zeros and constants: an operation has an operand, whether it reads it or not.
    return { ids: ids.length > 0 ? ids : [this.ids.get(this.whole.inputs[0].tensor)!], moved };
  }

  /** Each operand with just the elements that are read. */
  private operandsInOrder(operation: Operation, { reads }: Slice<Operation>): TensorId[] {
    const views: { readonly of: TensorId; readonly read: Int32Array; readonly id: TensorId }[] = [];
    return operandsOf(operation).map((of, i) => {
      const [{ kept }, read] = [this.slices[of]!, reads[i]];
      if (kept.length === read.length) return this.ids.get(of)!;
      // A square stays one: bounds of x * x are tighter.
      const same = views.find((view) => view.of === of && view.read === read);
      if (same !== undefined) return same.id;
      const index = placesOf(kept, read, this.whole.operations[of].size);
      const inputs = [this.ids.get(of)!];
      const id = this.add({ kind: "view", name: operation.name, size: index.length, inputs, index });
      views.push({ of, read, id });
      return id;
    });
  }
}

/** Where some elements of a tensor are among those that are kept. */
function placesOf(kept: Int32Array, read: Int32Array, size: number): Int32Array {
  const places = new Int32Array(size).fill(-1);
  kept.forEach((element, place) => (places[element] = place));
  return read.map((element) => places[element]);
}
