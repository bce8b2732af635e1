import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../operators/operator.js";
import { pickAlong, sequence } from "./movement.js";
import { linearAlong } from "./spatial.js";

export interface InterpolateOptions {
  readonly mode: "nearest" | "linear";
  /** Where an output element lies on the input's axis, by ONNX's names. */
  readonly coordinates: string;
  /** How nearest picks between two elements, by ONNX's names. */
  readonly rounding: string;
  /** Output sizes of the last axes. */
  readonly size: readonly number[];
  /** Output size over input size where the file fixes it apart from the sizes. */
  readonly scale: readonly (number | undefined)[];
}

/** Resizes the last axes one after the other; nearest picks elements, linear is a constant matrix an axis. */
export function interpolate(b: GraphBuilder, x: ValueId, options: InterpolateOptions): ValueId {
  const first = b.shapeOf(x).length - options.size.length;
  return options.size.reduce((value, size, i) => {
    const length = b.shapeOf(value)[first + i]!;
    if (size <= 0) throw new OperatorError(`an axis cannot be resized to ${size}`);
    if (size === length && (options.scale[i] ?? 1) === 1) return value;
    const positions = sourcePositions(length, size, options.scale[i] ?? size / length, options.coordinates);
    return options.mode === "nearest"
      ? pickAlong(
          b,
          value,
          first + i,
          positions.map((p) => nearest(p, length, options.rounding)),
        )
      : linearAlong(b, value, first + i, size, (row) => blend(positions[row]!, length));
  }, x);
}

function sourcePositions(length: number, size: number, scale: number, coordinates: string): number[] {
  const place: Record<string, (i: number) => number> = {
    asymmetric: (i) => i / scale,
    half_pixel: (i) => (i + 0.5) / scale - 0.5,
    pytorch_half_pixel: (i) => (size > 1 ? (i + 0.5) / scale - 0.5 : 0),
    align_corners: (i) => (size > 1 ? (i * (length - 1)) / (size - 1) : 0),
  };
  const at = Object.hasOwn(place, coordinates) ? place[coordinates] : undefined;
  if (at === undefined)
    throw new OperatorError(`the coordinate transformation "${coordinates}" is not supported`);
  return sequence(size, (i) => at(i));
}

function nearest(position: number, length: number, rounding: string): number {
  const round: Record<string, (x: number) => number> = {
    floor: Math.floor,
    ceil: Math.ceil,
    round_prefer_floor: (x) => Math.ceil(x - 0.5),
    round_prefer_ceil: (x) => Math.floor(x + 0.5),
  };
  const chosen = Object.hasOwn(round, rounding) ? round[rounding] : undefined;
  if (chosen === undefined) throw new OperatorError(`the rounding "${rounding}" of nearest is not supported`);
  return Math.min(Math.max(chosen(position), 0), length - 1);
}

/** The weights of the input's elements in one output element: two neighbours, clamped at the ends. */
function blend(position: number, length: number): number[] {
  const clamped = Math.min(Math.max(position, 0), length - 1);
  const low = Math.min(Math.floor(clamped), length - 1);
  const high = Math.min(low + 1, length - 1);
  const weights = new Array<number>(length).fill(0);
  weights[low]! += 1 - (clamped - low);
  weights[high]! += clamped - low;
  return weights;
}
