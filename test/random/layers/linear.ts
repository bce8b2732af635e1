import { constantsOf, drawConstants, type Constants } from "../constants.js";
import { asRows, cut, family, lastOf, project, reshape } from "./family.js";

const drawn = drawConstants;

/** A window of the given size on every spatial axis, as far as it fits. */
function windowOf(shape: readonly number[], size: number, stride: number, padded: boolean) {
  const kernel = shape.map((length) => Math.min(size, length));
  return {
    kernel,
    stride: shape.map(() => stride),
    dilation: shape.map(() => 1),
    padding: [...kernel, ...kernel].map((k) => (padded ? Math.floor(k / 2) : 0)),
  };
}

/** Layers of constant weights. */
export const linearFamilies = {
  linear: family(
    (random) => ({
      out: random.size(1, 8),
      weights: drawn(random),
      bias: random.chance(0.6) ? drawn(random) : null,
    }),
    ({ b }, x, { out, weights, bias }) => project(b, x, out, weights, bias),
  ),

  /** Several layers of one value, side by side, each with weights of its own size. */
  towers: family(
    (random) => ({
      parts: Array.from({ length: random.int(2, 3) }, () => drawn(random) as Constants | null),
      out: random.size(1, 8),
      byRows: random.chance(0.5),
    }),
    ({ b }, x, { parts, out, byRows }) => {
      const rows = asRows(b, x);
      const towers = parts.map((weights) => project(b, rows, out, weights));
      return cut(b, b.apply("concat", towers, { axis: byRows ? 1 : 2 }), 12);
    },
  ),

  convolution: family(
    (random) => ({
      out: random.int(1, 4),
      size: random.int(1, 3),
      stride: random.int(1, 2),
      padded: random.chance(0.5),
      grouped: random.chance(0.3),
      weights: drawn(random),
      bias: random.chance(0.5) ? drawn(random) : null,
    }),
    ({ b }, x, { out, size, stride, padded, grouped, weights, bias }) => {
      const own = b.shapeOf(x);
      const planes = own.length > 2 ? x : reshape(b, x, [own[0], 1, own[1]]);
      const shape = b.shapeOf(planes);
      const channels = shape[1];
      const groups = grouped ? channels : 1;
      const { kernel, ...window } = windowOf(shape.slice(2), size, stride, padded);
      const filters = b.constant(constantsOf([out * groups, channels / groups, ...kernel], weights));
      const inputs = [planes, filters];
      if (bias) inputs.push(b.constant(constantsOf([out * groups], bias)));
      return cut(b, b.apply("conv", inputs, { ...window, groups }), 8);
    },
  ),

  pool: family(
    (random) => ({
      greatest: random.chance(0.5),
      size: random.int(1, 3),
      stride: random.int(1, 2),
      padded: random.chance(0.4),
      all: random.chance(0.5),
    }),
    ({ b }, x, { greatest, size, stride, padded, all }) => {
      const own = b.shapeOf(x);
      const planes = own.length > 2 ? x : reshape(b, x, [own[0], 1, own[1]]);
      const window = { ...windowOf(b.shapeOf(planes).slice(2), size, stride, padded), ceil: false };
      if (greatest) return b.apply("maxPool", [planes], window);
      return b.apply("avgPool", [planes], { ...window, countIncludePad: all, divisor: 0 });
    },
  ),

  /** A learned number per position, added or multiplied. */
  positions: family(
    (random) => ({ values: drawn(random, 8), factor: random.chance(0.3), shared: random.chance(0.3) }),
    ({ b }, x, { values, factor, shared }) => {
      const shape = shared ? [lastOf(b, x)] : b.shapeOf(x);
      return b.apply(factor ? "mul" : "add", [x, b.constant(constantsOf(shape, values))]);
    },
  ),

  /** A product with a constant matrix from the left, one a matrix of the batch or one for all. */
  mixing: family(
    (random) => ({ out: random.int(1, 5), weights: drawn(random) }),
    ({ b }, x, { out, weights }) => {
      const rows = asRows(b, x);
      return b.apply("matmul", [b.constant(constantsOf([1, out, b.shapeOf(rows)[1]], weights)), rows]);
    },
  ),
};
