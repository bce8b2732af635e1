import type { Bounds } from "../../program/operations/bounds.js";
import type { TensorId } from "../../program/operations/definition.js";
import { marked, upTo } from "../../program/operations/slice.js";
import { decomposes } from "../../program/operations/requantize.js";
import type { Program } from "../../program/types.js";
import { isWiring, type Component, type Netlist, type Wiring } from "../types.js";

/** What reads a tensor that is computed: a component, or an output of the circuit. */
export interface Reader {
  /** The tensor that the component makes; for an output, past all of them. */
  readonly at: TensorId;
  /** The tensor that is read. */
  readonly of: TensorId;
  /** The elements that are read, ascending. */
  readonly elements: Int32Array;
  /** The only integers for which the reader has a witness, whatever makes them; undefined where it takes others. */
  readonly holds?: Bounds;
}

/** Who reads what of a netlist, with wirings looked through: a wiring only renames what others compute. */
export function readersOf(program: Program, { steps, outputs }: Netlist): Reader[] {
  const wirings = new Map(steps.flatMap((step) => (isWiring(step) ? [[step.output, step] as const] : [])));
  const sizeOf = (tensor: TensorId) => program.operations[tensor].size;
  const readers: Reader[] = [];
  const known = new Map<TensorId, Map<TensorId, Int32Array>>();
  const read = (at: TensorId, tensor: TensorId, holds?: Bounds) => {
    const roots = known.get(tensor) ?? rootsOf(tensor, wirings, sizeOf);
    known.set(tensor, roots);
    for (const [of, elements] of roots) readers.push({ at, of, elements, holds });
  };
  for (const step of steps)
    if (!isWiring(step)) for (const input of step.inputs) read(step.output, input, heldBy(program, step));
  for (const { tensor } of outputs) read(program.operations.length, tensor);
  return readers;
}

/** The integers that a component's own decomposition holds each element of its input to. */
function heldBy({ operations }: Program, { output, accepts }: Component): Bounds | undefined {
  const operation = operations[output];
  return operation.kind === "requantize" && decomposes(operation) ? accepts : undefined;
}

/** The computed tensors behind a tensor, and the elements of each that it has, ascending. */
export function rootsOf(
  tensor: TensorId,
  wirings: ReadonlyMap<TensorId, Wiring>,
  sizeOf: (tensor: TensorId) => number,
): Map<TensorId, Int32Array> {
  const marks = new Map<TensorId, Uint8Array>();
  const visit = (of: TensorId, elements: Int32Array): void => {
    const wiring = wirings.get(of);
    const own = marks.get(of) ?? new Uint8Array(sizeOf(of));
    marks.set(of, own);
    for (const element of elements) own[element] = 1;
    if (wiring === undefined) return;
    const parts = wiring.inputs.map((input) => new Uint8Array(sizeOf(input)));
    for (const element of elements) {
      let at = wiring.index[element];
      if (at < 0) continue;
      let part = 0;
      while (at >= parts[part].length) at -= parts[part++].length;
      parts[part][at] = 1;
    }
    wiring.inputs.forEach((input, part) => {
      if (parts[part].includes(1)) visit(input, marked(parts[part]));
    });
  };
  visit(tensor, upTo(sizeOf(tensor)));
  return new Map([...marks].flatMap(([of, own]) => (wirings.has(of) ? [] : [[of, marked(own)] as const])));
}
