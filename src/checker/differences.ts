import type { Known } from "./known.js";
import { linearForm, rangeOfForm } from "./linear.js";
import { abs } from "./numbers.js";

/** The greatest |x[i] - x[j]| of a tensor; of two outputs of one linear layer by the linear form of their difference. */
export function differenceOf(tensor: number, i: number, j: number, known: Known): bigint {
  if (i === j) return 0n;
  const { program, bounds } = known;
  const operation = program.operations[tensor];
  if (operation.kind === "view" && operation.inputs.length === 1) {
    const [a, b] = [operation.index[i], operation.index[j]];
    if (a >= 0 && b >= 0) return differenceOf(operation.inputs[0], a, b, known);
  }
  if (operation.kind === "linear" && operation.secret === undefined && operation.inputs.length === 1) {
    const [constant, form] = linearForm(operation, i);
    const [minus, other] = linearForm(operation, j);
    for (const [source, weight] of other) form.set(source, (form.get(source) ?? 0n) - weight);
    const [lo, hi] = rangeOfForm(constant - minus, form, bounds[operation.inputs[0]]);
    return abs(lo) > abs(hi) ? abs(lo) : abs(hi);
  }
  const { lo, hi } = bounds[tensor];
  const ends = [hi[i] - lo[j], hi[j] - lo[i]] as const;
  return ends[0] > ends[1] ? ends[0] : ends[1];
}
