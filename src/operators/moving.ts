import { sizeOf } from "../tensor/tensor.js";
import type { Tensor } from "../tensor/types.js";
import { isConstant, type Operand } from "../lowering/operand.js";
import type { LoweringInput, Meaning, Operator } from "./operator.js";
import { int32sOf } from "../program/int32.js";

/**
 * Reshape, transpose, slice, concatenation, padding, a choice by a constant mask, …: the float rule is run on the
 * numbers of elements instead of their values, twice with different numbers. What differs is a computed element,
 * what does not is a constant that came from the model.
 */
export function moved(meaning: Meaning, input: LoweringInput): Operand[] {
  const { lowering, site, inputs } = input;
  let operands = inputs.filter((value): value is Operand => !isConstant(value));
  if (site.uniform) operands = lowering.align(site, operands);
  const total = operands.reduce((sum, x) => sum + sizeOf(x.shape), 0);
  const first = move(meaning, input, 1);
  const second = move(meaning, input, 1 + total);
  return first.map(({ shape, data }, o) => {
    const constant = (i: number) => data[i] === second[o].data[i] || Number.isNaN(data[i]);
    const index = int32sOf(data.length, (i) => (constant(i) ? -1 : data[i] - 1));
    const still = operands.length === 1 && index.length === total && index.every((source, i) => source === i);
    if (still) return lowering.reshape(operands[0], shape);
    return lowering.view(site, operands, index, shape, data);
  });
}

/** An operator that moves elements and computes nothing: in a circuit it is wiring, and costs no constraint. */
export function moving(meaning: Meaning): Operator {
  return { ...meaning, moves: true, scales: "as consumer", lower: (input) => moved(meaning, input) };
}

/** The float rule on computed elements numbered from `start`. */
function move(meaning: Meaning, { inputs, attributes }: LoweringInput, start: number): Tensor[] {
  let next = start;
  const numbered = inputs.map((value): Tensor => {
    if (isConstant(value)) return value;
    const from = next;
    next += sizeOf(value.shape);
    return {
      dtype: "float",
      shape: value.shape,
      data: Float64Array.from({ length: next - from }, (_, i) => from + i),
    };
  });
  return meaning.evaluate(numbered, attributes);
}
