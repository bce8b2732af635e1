import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, int32Array, integer } from "./fields.js";
import { at, marked, readThrough, reindexed, wholeRows } from "./slice.js";

/** out[i] = max over j < window of x[index[i * window + j]]; an index of -1 is left out (padding). */
export interface MaxOperation extends OperationBase {
  readonly kind: "max";
  readonly input: TensorId;
  readonly window: number;
  readonly index: Int32Array;
}

export const max: OperationDefinition<MaxOperation> = {
  fields: { input: integer, window: count, index: int32Array },
  operands: ({ input }) => [input],
  execute: (operation, [x]) => greatest(operation, x),
  intervals: (operation, [{ lo, hi }]) => ({ lo: greatest(operation, lo), hi: greatest(operation, hi) }),
  indexed: true,
  slice({ window, index }, wanted, sizes) {
    const kept = marked(wanted);
    const rest = at(index, wholeRows(kept, window));
    return { kept, reads: readThrough(rest, sizes), fields: (moved) => ({ index: reindexed(rest, moved) }) };
  },
};

function greatest({ size, window, index }: MaxOperation, x: Float64Array): Float64Array {
  const out = new Float64Array(size).fill(-Infinity);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < window; j++) {
      const at = index[i * window + j];
      if (at >= 0 && x[at] > out[i]) out[i] = x[at];
    }
  }
  return out;
}
