import { MAX_ELEMENTS, type GraphBuilder } from "../../graph/builder.js";
import { tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { Tensor } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { reduce } from "./arithmetic.js";
import { concat, reshape, sequence, slice } from "./movement.js";
import type { Tap } from "./resample.js";

export interface RoiAlignOptions {
  readonly mode: "avg" | "max";
  readonly height: number;
  readonly width: number;
  /** Samples of each bin along an axis; 0 takes as many as the bin has elements. */
  readonly sampling: number;
  readonly scale: number;
  /** Whether coordinates are of the elements' centers. */
  readonly halfPixel: boolean;
}

/** Neighbors of a sample. ONNX defines the maximum over their weighted values, each by itself. */
const CORNERS = 4;

/** Most samples along one axis of a region. */
const MAX_SAMPLES = 2 ** 14;

/** Of each constant region (x1, y1, x2, y2) of x [N, C, H, W], `height` by `width` averages or maxima of samples. */
export function roiAlign(
  b: GraphBuilder,
  x: ValueId,
  rois: Tensor,
  images: readonly number[],
  options: RoiAlignOptions,
): ValueId {
  const [batch, channels, height, width] = b.shapeOf(x) as [number, number, number, number];
  if (b.shapeOf(x).length !== 4 || rois.shape[1] !== 4 || rois.shape[0] !== images.length)
    throw new OperatorError("it needs images [N, C, H, W] and four coordinates for each region");
  if (images.length === 0) throw new OperatorError("there is no region");
  const regions = images.map((image, r) => {
    if (!(image >= 0 && image < batch)) throw new OperatorError(`there is no image ${image}`);
    const [x1, y1, x2, y2] = sequence(4, (i) => rois.data[4 * r + i]);
    const rows = binsOf(y1, y2, options.height, height, options);
    const columns = binsOf(x1, x2, options.width, width, options);
    const each = rows.samples * columns.samples;
    const bins = options.height * options.width;
    if (bins * each * CORNERS * height * width > MAX_ELEMENTS)
      throw new OperatorError(`${bins * each} samples of ${height * width} elements are too many`);
    const average = options.mode === "avg";
    const lines = average ? bins : bins * each * CORNERS;
    const data = new Float64Array(lines * height * width);
    for (let bin = 0; bin < bins; bin++) {
      for (let sample = 0; sample < each; sample++) {
        const row = Math.floor(bin / options.width) * rows.samples + Math.floor(sample / columns.samples);
        const column = (bin % options.width) * columns.samples + (sample % columns.samples);
        const corners = rows.taps[row].flatMap((down) =>
          columns.taps[column].map((across) => ({
            place: down.place * width + across.place,
            weight: down.weight * across.weight,
          })),
        );
        corners.forEach(({ place, weight }, corner) => {
          const line = average ? bin : (bin * each + sample) * CORNERS + corner;
          data[line * height * width + place] += average ? weight / each : weight;
        });
      }
    }
    const flat = reshape(b, slice(b, x, 0, image, image + 1), [channels, height * width]);
    const weight = b.constant(tensor("float", [lines, height * width], data), "weights");
    const sampled = b.apply("linear", [flat, weight]);
    const pooled = average
      ? sampled
      : reduce(b, "max", reshape(b, sampled, [channels, bins, each * CORNERS]), [2], false);
    return reshape(b, pooled, [1, channels, options.height, options.width]);
  });
  return concat(b, regions, 0);
}

/** The samples of each bin along one axis, bin by bin, as neighbors and their weights; none outside the image. */
function binsOf(
  from: number,
  to: number,
  bins: number,
  length: number,
  { sampling, scale, halfPixel }: RoiAlignOptions,
): { samples: number; taps: Tap[][] } {
  const offset = halfPixel ? 0.5 : 0;
  const start = from * scale - offset;
  const extent = to * scale - offset - start;
  const size = (halfPixel ? extent : Math.max(extent, 1)) / bins;
  const samples = sampling > 0 ? sampling : Math.ceil(size);
  if (bins * samples > MAX_SAMPLES)
    throw new OperatorError(`${bins * samples} samples along an axis are more than ${MAX_SAMPLES}`);
  if (!(bins > 0 && samples > 0))
    throw new OperatorError(`a region from ${from} to ${to} has no ${bins} parts`);
  const taps = sequence(bins * samples, (i) => {
    const place = start + Math.floor(i / samples) * size + ((i % samples) + 0.5) * (size / samples);
    if (!(place >= -1 && place <= length)) return [];
    const inside = Math.min(Math.max(place, 0), length - 1);
    const low = Math.floor(inside);
    const high = Math.min(low + 1, length - 1);
    return [
      { place: low, weight: 1 - (inside - low) },
      { place: high, weight: inside - low },
    ];
  });
  return { samples, taps };
}
