import type { GraphBuilder } from "../../graph/builder.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { windowPositions, windowTable } from "../../operators/window.js";
import { mul, reduce } from "./arithmetic.js";
import { batched, type PoolOptions } from "./spatial.js";
import { cast, reshape, sequence } from "./movement.js";

/**
 * Where in its image each maximum of a pooling of x [N, C, …] lies, as a flat place; of equals the first. `renumber`
 * makes of a place what the format counts.
 */
export function maxPoolPlaces(
  b: GraphBuilder,
  x: ValueId,
  options: PoolOptions,
  renumber: (place: number) => number = (place) => place,
): ValueId {
  return batched(b, x, options.kernel.length, (images) => {
    const [batch, channels, ...spatial] = b.shapeOf(images) as [number, number, ...number[]];
    const window = { ...options, dilation: options.dilation ?? options.kernel.map(() => 1) };
    const counts = windowPositions(spatial, window);
    const table = windowTable(spatial, window, counts);
    const [positions, cells] = [sizeOf(counts), sizeOf(window.kernel)];
    // In the padding stands an element of the same window: the maximum is the same, and so is its place.
    const places = sequence(positions * cells, (i) => {
      if (table[i] >= 0) return table[i];
      const first = Math.floor(i / cells) * cells;
      const inside = table.subarray(first, first + cells).find((place) => place >= 0);
      if (inside === undefined) throw new OperatorError("a window lies in the padding altogether");
      return inside;
    });
    const flat = reshape(b, images, [batch * channels, sizeOf(spatial)]);
    const windows = b.apply("gather", [flat, b.ints(places, [positions, cells])], { axis: 1 });
    const best = b.apply("argMax", [windows], { axis: 2, keepDims: true });
    const hit = b.apply("equal", [best, b.ints(sequence(cells, (i) => i))]);
    const numbers = b.ints(places.map(renumber), [positions, cells]);
    const found = reduce(b, "sum", mul(b, cast(b, hit, "int"), numbers), [2], false);
    return reshape(b, found, [batch, channels, ...counts]);
  });
}
