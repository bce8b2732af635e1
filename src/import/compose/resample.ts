import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { pickAlong, sequence } from "./movement.js";
import { linearAlong } from "./spatial.js";

export interface InterpolateOptions {
  readonly mode: "nearest" | "linear" | "cubic";
  /** Where an output element lies on the input's axis, by ONNX's names. */
  readonly coordinates: string;
  /** How nearest picks between two elements, by ONNX's names. */
  readonly rounding: string;
  /** Output sizes of the last axes. */
  readonly size: readonly number[];
  /** Output size over input size where the file fixes it apart from the sizes. */
  readonly scale: readonly (number | undefined)[];
  /** The cubic's parameter: -0.75 in PyTorch and by default in ONNX, -0.5 in some others. */
  readonly cubic?: number;
  /** Whether weights beyond the ends are left out, and not given to the last element. */
  readonly excludeOutside?: boolean;
  /** Whether making smaller widens what each element is made of, so that all elements have a share. */
  readonly antialias?: boolean;
}

/** Resizes the last axes one after the other; nearest picks elements, linear is a constant matrix an axis. */
export function interpolate(b: GraphBuilder, x: ValueId, options: InterpolateOptions): ValueId {
  const first = b.shapeOf(x).length - options.size.length;
  return options.size.reduce((value, size, i) => {
    const length = b.shapeOf(value)[first + i];
    if (size <= 0) throw new OperatorError(`an axis cannot be resized to ${size}`);
    if (size === length && (options.scale[i] ?? 1) === 1) return value;
    const scaled = (options.scale[i] ?? size / length) * length;
    if (options.coordinates === "align_corners" && Math.abs(scaled - size) > 1e-3)
      throw new OperatorError(
        `a scale that makes ${scaled} of ${length} is taken in two ways where corners are aligned; give the size itself`,
      );
    const positions = sourcePositions(length, size, options.scale[i] ?? size / length, options.coordinates);
    return options.mode === "nearest"
      ? pickAlong(
          b,
          value,
          first + i,
          positions.map((p) => nearest(p, length, options.rounding)),
        )
      : linearAlong(b, value, first + i, size, (row) =>
          blend(positions[row], length, options.scale[i] ?? size / length, options),
        );
  }, x);
}

function sourcePositions(length: number, size: number, scale: number, coordinates: string): number[] {
  const place: Record<string, (i: number) => number> = {
    asymmetric: (i) => i / scale,
    half_pixel: (i) => (i + 0.5) / scale - 0.5,
    pytorch_half_pixel: (i) => (size > 1 ? (i + 0.5) / scale - 0.5 : 0),
    tf_half_pixel_for_nn: (i) => (i + 0.5) / scale,
    half_pixel_symmetric: (i) => {
      // The centers of both lie on each other, also where the size was rounded.
      const adjustment = size / (scale * length);
      return (length / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5;
    },
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

/** The weights of the input's elements in one output element. */
function blend(position: number, length: number, scale: number, options: InterpolateOptions): number[] {
  const { mode, cubic = -0.75, excludeOutside = false, antialias = false } = options;
  const taps =
    antialias && scale < 1
      ? wideTaps(position, scale, mode, cubic)
      : mode === "cubic"
        ? cubicTaps(position, cubic)
        : linearTaps(position, length);
  const weights = new Array<number>(length).fill(0);
  for (const { place, weight } of taps) {
    if (excludeOutside && (place < 0 || place >= length)) continue;
    weights[Math.min(Math.max(place, 0), length - 1)] += weight;
  }
  const total = excludeOutside ? weights.reduce((a, w) => a + w, 0) : 1;
  return total === 1 || total === 0 ? weights : weights.map((weight) => weight / total);
}

export interface Tap {
  readonly place: number;
  readonly weight: number;
}

/** Two neighbors, clamped at the ends. */
function linearTaps(position: number, length: number): Tap[] {
  const clamped = Math.min(Math.max(position, 0), length - 1);
  const low = Math.floor(clamped);
  return [
    { place: low, weight: 1 - (clamped - low) },
    { place: low + 1, weight: clamped - low },
  ];
}

/** Four neighbors, by the cubic convolution of the parameter a. */
export function cubicTaps(position: number, a: number): Tap[] {
  const low = Math.floor(position);
  return [-1, 0, 1, 2].map((step) => ({
    place: low + step,
    weight: cubicWeight(Math.abs(position - (low + step)), a),
  }));
}

function cubicWeight(d: number, a: number): number {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** Most elements that one element of a smaller image is made of. */
const MAX_TAPS = 2 ** 14;

/** All neighbors that the filter reaches where it is as much wider as the image gets smaller; their shares make 1. */
function wideTaps(position: number, scale: number, mode: string, cubic: number): Tap[] {
  const reach = (mode === "cubic" ? 2 : 1) / scale;
  const first = Math.floor(position - reach) + 1;
  const count = Math.ceil(position + reach) - first;
  if (!(count <= MAX_TAPS)) throw new OperatorError(`a scale of ${scale} reaches over ${count} elements`);
  const taps = sequence(count, (i) => {
    const distance = Math.abs(first + i - position) * scale;
    return {
      place: first + i,
      weight: mode === "cubic" ? cubicWeight(distance, cubic) : Math.max(0, 1 - distance),
    };
  });
  const total = taps.reduce((sum, { weight }) => sum + weight, 0);
  return taps.map(({ place, weight }) => ({ place, weight: weight / total }));
}
