import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { moveAxis, reshape, sequence } from "./movement.js";
import { linearAlong } from "./spatial.js";
import { cos, log10, pow, sin } from "../../elementary/functions.js";

/** The window Σ (-1)^k · coefficient[k] · cos(2πki/n); one that is periodic leaves out its last element. */
export function cosineWindow(size: number, periodic: boolean, coefficients: readonly number[]): number[] {
  const length = periodic ? size : size - 1;
  return sequence(size, (i) =>
    coefficients.reduce((sum, c, k) => {
      const angle = length === 0 ? 0 : (2 * Math.PI * k * i) / length;
      return sum + (k % 2 === 0 ? c : -c) * cos(angle);
    }, 0),
  );
}

export const HANN = [0.5, 0.5] as const;
export const HAMMING = [25 / 46, 21 / 46] as const;
export const BLACKMAN = [0.42, 0.5, 0.08] as const;

export interface FourierOptions {
  /** Elements of the transform: the axis is cut, or goes on with zeros. */
  readonly length: number;
  readonly inverse: boolean;
  /** Whether only the first half of a real signal's spectrum is there: of the result, or of what is inverted. */
  readonly oneSided: boolean;
}

/**
 * The discrete Fourier transform of x [..., 1 or 2] along an axis: real numbers, or real and imaginary parts, on the
 * last axis. It is a constant matrix; a one-sided inverse gives real numbers.
 */
export function fourier(
  b: GraphBuilder,
  x: ValueId,
  axis: number,
  { length, inverse, oneSided }: FourierOptions,
): ValueId {
  const shape = b.shapeOf(x);
  const parts = shape.at(-1)!;
  if (shape.length < 2 || axis === shape.length - 1 || parts < 1 || parts > 2)
    throw new OperatorError("it needs real numbers, or real and imaginary parts, on the last axis");
  if (!(length > 0 && length <= MAX_ELEMENTS))
    throw new OperatorError(`a transform of ${length} elements is not supported`);
  const given = shape[axis];
  const half = Math.floor(length / 2) + 1;
  const real = oneSided && inverse;
  const bins = oneSided && !inverse ? half : length;
  const outParts = real ? 1 : 2;
  const last = shape.length - 2;
  const signal = moveAxis(b, x, axis, last);
  const lead = b.shapeOf(signal).slice(0, -2);
  const flat = reshape(b, signal, [...lead, given * parts]);
  const scale = inverse ? 1 / length : 1;
  const sign = inverse ? 1 : -1;
  const spectrum = linearAlong(b, flat, lead.length, bins * outParts, (row) => {
    const [bin, part] = [Math.floor(row / outParts), row % outParts];
    return sequence(given * parts, (column) => {
      const [place, own] = [Math.floor(column / parts), column % parts];
      if (place >= (real ? half : length)) return 0;
      // The other half of a real signal's spectrum is this half's conjugate: its imaginary parts cancel.
      const twice = real && place > 0 && 2 * place !== length ? 2 : 1;
      // Only the angle's rest counts, and is exact.
      const angle = (sign * 2 * Math.PI * ((bin * place) % length)) / length;
      const factor = part === own ? cos(angle) : part === 1 ? sin(angle) : -sin(angle);
      return scale * twice * factor;
    });
  });
  return moveAxis(b, reshape(b, spectrum, [...lead, bins, outParts]), last, axis);
}

/** [bins of a spectrum, mel bins]: triangles between frequencies that lie evenly on the mel scale. */
export function melWeights(
  melBins: number,
  length: number,
  rate: number,
  low: number,
  high: number,
): { shape: [number, number]; data: Float64Array } {
  const bins = Math.floor(length / 2) + 1;
  if (!(melBins > 0 && bins > 0 && melBins * bins <= MAX_ELEMENTS && rate > 0))
    throw new OperatorError(`${melBins} mel bins of ${bins} frequencies cannot be made`);
  const mel = (hertz: number): number => 2595 * log10(1 + hertz / 700);
  const [first, last] = [mel(low), mel(high)];
  const step = (last - first) / (melBins + 2);
  const edges = sequence(melBins + 2, (i) =>
    Math.floor(((length + 1) * (700 * (pow(10, (first + i * step) / 2595) - 1))) / rate),
  );
  const data = new Float64Array(bins * melBins);
  for (let m = 0; m < melBins; m++) {
    const [lower, center, upper] = edges.slice(m, m + 3) as [number, number, number];
    if (center === lower && center >= 0 && center < bins) data[center * melBins + m] = 1;
    for (let i = Math.max(0, lower); i <= Math.min(center, bins - 1) && center > lower; i++)
      data[i * melBins + m] = (i - lower) / (center - lower);
    for (let i = Math.max(0, center); i < Math.min(upper, bins) && upper > center; i++)
      data[i * melBins + m] = (upper - i) / (upper - center);
  }
  return { shape: [bins, melBins], data };
}
