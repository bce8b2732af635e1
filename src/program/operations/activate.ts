import { z } from "zod";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { activationAt, activationDomain, activationIndex, type Activation } from "../activation.js";
import type { Bounds, Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { int32Array, integer, natural } from "./fields.js";
import { elementwise } from "./slice.js";

/** A function of one number, fused with a requantization: see {@link Activation}. The table covers the interval of q. */
export interface ActivateOperation extends OperationBase, Activation {
  readonly kind: "activate";
  readonly input: TensorId;
}

export const activate: OperationDefinition<ActivateOperation> = {
  fields: {
    input: integer,
    form: z.enum(["table", "even", "below", "odd"]),
    shift: natural,
    lo: integer,
    base: integer,
    table: int32Array,
  },
  operands: ({ input }) => [input],
  execute: (operation, [x]) => x.map((value) => activationAt(operation, activationIndex(operation, value))),
  intervals: (operation, [x]) => activationIntervals(operation, x),
  slice: (_, wanted) => elementwise(wanted, 1),
};

function activationIntervals(operation: ActivateOperation, x: Intervals): Intervals {
  const lo = new Float64Array(operation.size);
  const hi = new Float64Array(operation.size);
  const domain = activationDomain(operation);
  const known = new Map<number, Bounds>();
  for (let i = 0; i < operation.size; i++) {
    const from = activationIndex(operation, x.lo[i]);
    const to = activationIndex(operation, x.hi[i]);
    if (from < domain.lo || to > domain.hi) {
      throw new Torch2CircomError(
        "INTERNAL_CHECK_FAILED",
        `${operation.name}: a table for [${domain.lo}, ${domain.hi}] does not cover [${from}, ${to}]`,
        "This is a defect of the quantizer: please report it with the model.",
      );
    }
    const key = from * (domain.hi - domain.lo + 1) + to;
    const reach = known.get(key) ?? reachOf(operation, from, to);
    known.set(key, reach);
    lo[i] = reach.lo;
    hi[i] = reach.hi;
  }
  return { lo, hi };
}

/** The bounds of an activation's values over [from, to]. */
function reachOf(operation: ActivateOperation, from: number, to: number): Bounds {
  let [lo, hi] = [Infinity, -Infinity];
  for (let q = from; q <= to; q++) {
    const value = activationAt(operation, q);
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
  }
  return { lo, hi };
}
