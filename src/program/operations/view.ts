import { joined, type Intervals } from "./bounds.js";
import { concatenate } from "./concatenate.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { int32Array, integers } from "./fields.js";
import { at, marked, readThrough, reindexed } from "./slice.js";

/** out[i] = x[index[i]] of the concatenated inputs; -1 reads 0. Wiring only: no constraint at all. */
export interface ViewOperation extends OperationBase {
  readonly kind: "view";
  readonly inputs: readonly TensorId[];
  readonly index: Int32Array;
}

export const view: OperationDefinition<ViewOperation> = {
  fields: { inputs: integers, index: int32Array },
  operands: ({ inputs }) => inputs,
  execute: ({ index }, operands) => moved(index, concatenate(operands)),
  intervals: movedIntervals,
  indexed: true,
  slice({ index }, wanted, sizes) {
    const kept = marked(wanted);
    const rest = at(index, kept);
    return { kept, reads: readThrough(rest, sizes), fields: (moved) => ({ index: reindexed(rest, moved) }) };
  },
};

function moved(index: Int32Array, x: Float64Array): Float64Array {
  const out = new Float64Array(index.length);
  for (let at = 0; at < index.length; at++) out[at] = index[at] < 0 ? 0 : x[index[at]];
  return out;
}

function movedIntervals({ index }: ViewOperation, operands: readonly Intervals[]): Intervals {
  const { lo, hi } = joined(operands);
  const { honest, shares } = operands.length === 1 ? operands[0] : {};
  const bounds = { lo: moved(index, lo), hi: moved(index, hi), ...(honest && { honest }) };
  const read = index.filter((i) => i >= 0);
  // An element that is read twice counts twice in a sum.
  if (shares === undefined || new Set(read).size < read.length) return bounds;
  return { ...bounds, shares: { ...shares, group: index.map((i) => (i < 0 ? -1 : shares.group[i])) } };
}
