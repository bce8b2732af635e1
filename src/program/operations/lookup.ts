import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, TensorId } from "./definition.js";
import { count, int32Array, integer } from "./fields.js";
import { at, grid, markedColumns, markedRuns, upTo } from "./slice.js";

/** out[i * width + d] = table[x[i] * width + d]; the input's interval lies within the table's rows. */
export interface LookupOperation extends OperationBase {
  readonly kind: "lookup";
  readonly input: TensorId;
  readonly width: number;
  readonly table: Int32Array;
}

export const lookup: OperationDefinition<LookupOperation> = {
  fields: { input: integer, width: count, table: int32Array },
  operands: ({ input }) => [input],
  execute: ({ width, table, size }, [x]) =>
    Float64Array.from({ length: size }, (_, i) => table[x[Math.floor(i / width)] * width + (i % width)]),
  intervals: (operation, [x]) => rowIntervals(operation, x),
  slice({ width, table }, wanted) {
    const items = markedRuns(wanted, width);
    const columns = markedColumns(wanted, width);
    const entries = grid(upTo(table.length / width), columns, width);
    return {
      kept: grid(items, columns, width),
      reads: [items],
      fields: () => ({ width: columns.length, table: at(table, entries) }),
    };
  },
};

function rowIntervals({ name, width, table, size }: LookupOperation, x: Intervals): Intervals {
  const lo = new Float64Array(size).fill(Infinity);
  const hi = new Float64Array(size).fill(-Infinity);
  for (let i = 0; i < size; i++) {
    const index = Math.floor(i / width);
    if (x.lo[index] < 0 || (x.hi[index] + 1) * width > table.length) {
      throw new Torch2CircomError(
        "INTERNAL_CHECK_FAILED",
        `${name}: a table of ${table.length / width} rows is read at [${x.lo[index]}, ${x.hi[index]}]`,
        "This is a defect of the quantizer: please report it with the model.",
      );
    }
    for (let row = x.lo[index]; row <= x.hi[index]; row++) {
      const value = table[row * width + (i % width)];
      lo[i] = Math.min(lo[i], value);
      hi[i] = Math.max(hi[i], value);
    }
  }
  return { lo, hi };
}
