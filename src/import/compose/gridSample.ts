import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import { sizeOf, tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { Tensor } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { roundHalfToEven } from "../../operators/special.js";
import { concat, reshape, sequence, slice } from "./movement.js";
import { cubicTaps, type Tap } from "./resample.js";

export interface GridSampleOptions {
  /** "linear", "nearest" or "cubic". */
  readonly mode: string;
  /** Beyond the image: "zeros", its "border", or its "reflection". */
  readonly padding: string;
  readonly alignCorners: boolean;
}

/**
 * x [N, C, …size] at the places of a constant grid [N, …, d] of (x, y) or (x, y, z), where -1 and 1 are the image's
 * ends: a constant matrix for each sample.
 */
export function gridSample(b: GraphBuilder, x: ValueId, grid: Tensor, options: GridSampleOptions): ValueId {
  const [batch, channels, ...size] = b.shapeOf(x) as [number, number, ...number[]];
  const dims = size.length;
  const target = grid.shape.slice(1, -1);
  if (dims < 1 || target.length !== dims || grid.shape[0] !== batch || grid.shape.at(-1) !== dims)
    throw new OperatorError("the grid must have the image's axes, and a coordinate for each");
  if (dims > 2 && options.mode === "cubic") throw new OperatorError("cubic sampling is of two axes only");
  const [area, places] = [sizeOf(size), sizeOf(target)];
  if (area * places > MAX_ELEMENTS)
    throw new OperatorError(`${places} places of an image of ${area} elements are too many`);
  const samples = sequence(batch, (n) => {
    const data = new Float64Array(places * area);
    for (let place = 0; place < places; place++) {
      const row = place * area;
      let corners: Tap[] = [{ place: 0, weight: 1 }];
      size.forEach((length, axis) => {
        // The grid's coordinates begin with the last axis.
        const coordinate = grid.data[(n * places + place) * dims + dims - 1 - axis];
        const along = taps(coordinate, length, options);
        corners = corners.flatMap((corner) =>
          along.map((tap) => ({
            place: corner.place * length + tap.place,
            weight: corner.weight * tap.weight,
          })),
        );
      });
      for (const corner of corners) data[row + corner.place] += corner.weight;
    }
    const weight = b.constant(tensor("float", [places, area], data), "weights");
    const image = reshape(b, slice(b, x, 0, n, n + 1), [channels, area]);
    return reshape(b, b.apply("linear", [image, weight]), [1, channels, ...target]);
  });
  return concat(b, samples, 0);
}

/** The elements of one axis, and their weights, at a coordinate of which -1 and 1 are its ends. */
function taps(coordinate: number, length: number, { mode, padding, alignCorners }: GridSampleOptions): Tap[] {
  if (!Number.isFinite(coordinate))
    throw new OperatorError("the grid holds a coordinate that is not a number");
  const [low, high] = alignCorners ? [0, length - 1] : [-0.5, length - 0.5];
  const position = low + ((coordinate + 1) / 2) * (high - low);
  const inside = (p: number): number => {
    if (padding === "border") return Math.min(Math.max(p, 0), length - 1);
    if (padding === "reflection") return Math.min(Math.max(reflected(p, low, high), 0), length - 1);
    if (padding === "zeros") return p;
    throw new OperatorError(`the padding "${padding}" is not known`);
  };
  const within = (list: Tap[]): Tap[] => list.filter(({ place }) => place >= 0 && place < length);
  // A cubic's neighbors are each brought inside, the others' own place is.
  if (mode === "cubic") {
    const around = cubicTaps(position, -0.75).map(({ place, weight }) => ({ place: inside(place), weight }));
    return within(around);
  }
  const p = inside(position);
  if (mode === "nearest") return within([{ place: roundHalfToEven(p), weight: 1 }]);
  if (mode !== "linear") throw new OperatorError(`sampling by "${mode}" is not supported`);
  const first = Math.floor(p);
  return within([
    { place: first, weight: 1 - (p - first) },
    { place: first + 1, weight: p - first },
  ]);
}

function reflected(p: number, low: number, high: number): number {
  const span = high - low;
  if (span === 0) return 0;
  const place = (((p - low) % (2 * span)) + 2 * span) % (2 * span);
  return low + Math.min(place, 2 * span - place);
}
