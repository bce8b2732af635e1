import { uniform } from "./bounds.js";
import type { OperationBase, OperationDefinition } from "./definition.js";
import { integer } from "./fields.js";
import { upTo } from "./slice.js";

/** Integers of the declared domain [lo, hi]: the user's input. */
export interface InputOperation extends OperationBase {
  readonly kind: "input";
  readonly lo: number;
  readonly hi: number;
}

export const input: OperationDefinition<InputOperation> = {
  fields: { lo: integer, hi: integer },
  operands: () => [],
  execute: (operation, [given]) => checked(operation, given),
  intervals: ({ size, lo, hi }) => uniform(size, lo, hi),
  // The user commits to all of it.
  slice: ({ size }) => ({ kept: upTo(size), reads: [] }),
};

function checked({ name, size, lo, hi }: InputOperation, given: Float64Array): Float64Array {
  if (given.length !== size) throw new RangeError(`input ${name} has ${given.length} elements, not ${size}`);
  const outside = given.findIndex((q) => !(Number.isInteger(q) && q >= lo && q <= hi));
  if (outside >= 0)
    throw new RangeError(`input ${name}[${outside}] = ${given[outside]} is outside [${lo}, ${hi}]`);
  return given;
}
