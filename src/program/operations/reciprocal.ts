import { reciprocal as quotient } from "../arithmetic.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, integer } from "./fields.js";
import { elementwise } from "./slice.js";

/** out[i] = floor(2^numerator / x[i]) of x[i] >= 1. */
export interface ReciprocalOperation extends OperationBase {
  readonly kind: "reciprocal";
  readonly input: TensorId;
  readonly numerator: number;
}

export const reciprocal: OperationDefinition<ReciprocalOperation> = {
  fields: { input: integer, numerator: count },
  operands: ({ input }) => [input],
  execute: ({ numerator }, [x]) => x.map((value) => quotient(numerator, value)),
  intervals({ numerator }, [x]) {
    const of = (value: number) => quotient(numerator, Math.max(1, value));
    return { lo: x.hi.map(of), hi: x.lo.map(of) };
  },
  // The quotient of two numbers below this is floored as it is: it is further from a whole number than it is rounded.
  inside: ({ numerator }) => 2 ** (numerator + 1),
  slice: (_, wanted) => elementwise(wanted, 1),
};
