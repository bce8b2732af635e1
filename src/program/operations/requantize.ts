import { bitLength, shiftRound } from "../arithmetic.js";
import type { Bounds, Intervals } from "./bounds.js";
import type { OperationBase, OperationDefinition, SecretRange, TensorId } from "./definition.js";
import { bound, count, int32Array, integer } from "./fields.js";
import { at, marked, markedRuns } from "./slice.js";

/**
 * q = floor((x + 2^(shift-1)) / 2^shift) (no rounding term where shift is 0), then clamped to [lo, hi].
 * Parameters are per block of size / blocks consecutive elements. `lo` is 0 for a fused ReLU; -Infinity and
 * Infinity where nothing is clamped. A finite `hi` beside a finite `lo` spans a power of two.
 */
export interface RequantizeOperation extends OperationBase {
  readonly kind: "requantize";
  readonly input: TensorId;
  readonly blocks: number;
  readonly shift: Int32Array;
  readonly lo: number;
  readonly hi: number;
}

export const requantize: OperationDefinition<RequantizeOperation> = {
  fields: {
    input: integer,
    blocks: count,
    shift: int32Array,
    lo: bound(-Infinity),
    hi: bound(Infinity),
  },
  operands: ({ input }) => [input],
  execute: (operation, [x]) => rounded(operation, x),
  intervals(operation, [x], held) {
    const bounds = { lo: rounded(operation, x.lo), hi: rounded(operation, x.hi) };
    return x.honest === undefined ? bounds : secretRequantized(operation, x.honest, bounds, held);
  },
  slice(operation, wanted) {
    const kept = marked(wanted);
    return { kept, reads: [kept], fields: () => blocksOf(operation, wanted, kept) };
  },
};

/** The blocks that are left where each keeps as many elements as the others; else each element is one. */
function blocksOf(
  { size, blocks, shift }: RequantizeOperation,
  wanted: Uint8Array,
  kept: Int32Array,
): Pick<RequantizeOperation, "blocks" | "shift"> {
  const block = size / blocks;
  const left = markedRuns(wanted, block);
  const counts = new Int32Array(blocks);
  for (const element of kept) counts[Math.floor(element / block)]++;
  if (left.every((one) => counts[one] === counts[left[0]]))
    return { blocks: left.length, shift: at(shift, left) };
  return { blocks: kept.length, shift: kept.map((element) => shift[Math.floor(element / block)]) };
}

function rounded({ size, blocks, shift, lo, hi }: RequantizeOperation, x: Float64Array): Float64Array {
  const block = size / blocks;
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++)
    out[i] = Math.min(Math.max(shiftRound(x[i], shift[Math.floor(i / block)]), lo), hi);
  return out;
}

/**
 * The intervals of a requantization of secret sums. The one that keeps them in range has all that its decomposition
 * can hold (see requantizeGadget), since weights that are not honest reach it. Before it is known which does, both.
 *
 * @param bounds by interval arithmetic, from all that the sums can be
 */
function secretRequantized(
  operation: RequantizeOperation,
  honest: Bounds,
  bounds: Intervals,
  held?: SecretRange,
): Intervals {
  if (held === "by itself" || !decomposes(operation)) return bounds;
  const { size, blocks, shift } = operation;
  const lo = new Float64Array(size);
  const hi = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const f = shift[Math.floor((i * blocks) / size)];
    const [from, to] = [shiftRound(honest.lo, f), shiftRound(honest.hi, f)];
    if (Number.isFinite(operation.hi)) [lo[i], hi[i]] = [operation.lo, operation.hi];
    else if (operation.lo === 0) [lo[i], hi[i]] = [0, 2 ** Math.max(1, bitLength(Math.max(to, -from))) - 1];
    else [lo[i], hi[i]] = [from, from + 2 ** bitLength(to - from) - 1];
  }
  if (held === "by consumer") return { lo, hi };
  return {
    lo: lo.map((value, i) => Math.min(value, bounds.lo[i])),
    hi: hi.map((value, i) => Math.max(value, bounds.hi[i])),
  };
}

/** Whether a requantization looks at every bit of every element: without ReLU, saturation or shift it does not. */
export function decomposes({ shift, lo, hi }: RequantizeOperation): boolean {
  return lo === 0 || Number.isFinite(hi) || shift.every((f) => f > 0);
}
