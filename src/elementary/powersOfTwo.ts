/** Logarithms to base 2 as whole numbers: by an exponent's bits, since `Math.log2` is not the same on every engine. */

const view = new DataView(new ArrayBuffer(8));

/** Subnormal numbers are below. */
const LEAST_NORMAL = 2 ** -1022;

/** The greatest k with 2^k <= x; -Infinity of 0, NaN of what is negative. */
export function floorLog2(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  if (x < LEAST_NORMAL) return floorLog2(x * 2 ** 64) - 64;
  view.setFloat64(0, x);
  return (view.getUint16(0) >> 4) - 1023;
}

/** The least k with 2^k >= x; -Infinity of 0, NaN of what is negative. */
export function ceilLog2(x: number): number {
  const floor = floorLog2(x);
  return 2 ** floor === x || !Number.isFinite(floor) ? floor : floor + 1;
}

/** The k for which 2^k is nearest to x by their ratio. */
export function roundLog2(x: number): number {
  const floor = floorLog2(x);
  return x / 2 ** floor >= Math.SQRT2 ? floor + 1 : floor;
}
