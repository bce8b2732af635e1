/**
 * What the gadgets of `circuits/` mean, on integers: every function here is the reference that a circuit is compared
 * with, bit for bit. Arguments and results are integers below 2^53; division floors (towards -infinity), rounding is
 * half up (towards +infinity), comparison of equals prefers the lowest index.
 */

/** floor(a / b) for b >= 1, exactly: the remainder is taken first, so that no quotient is rounded. */
export function floorDivide(a: number, b: number): number {
  if (!(b >= 1)) throw new RangeError(`${a} is divided by ${b}`);
  const rest = a % b;
  return (a - (rest < 0 ? rest + b : rest)) / b;
}

/** floor((a + floor(b / 2)) / b): division by a constant, rounding half up (DivideByConstant). */
export function divideRound(a: number, b: number): number {
  return floorDivide(a + Math.floor(b / 2), b);
}

/** floor((x + 2^(shift-1)) / 2^shift), and x itself where nothing is shifted: requantisation. */
export function shiftRound(x: number, shift: number): number {
  return shift === 0 ? x : floorDivide(x + 2 ** (shift - 1), 2 ** shift);
}

/** floor(2^exponent / x) (Reciprocal). */
export function reciprocal(exponent: number, x: number): number {
  return floorDivide(2 ** exponent, x);
}

/** floor(sqrt(x)) (SquareRoot). The square root of Float64 is off by one at most. */
export function squareRoot(x: number): number {
  let root = Math.floor(Math.sqrt(x));
  while (root * root > x) root--;
  while ((root + 1) * (root + 1) <= x) root++;
  return root;
}

/** The greatest R with R^2 x <= numerator (InverseSquareRoot). The numerator may be beyond 2^53. */
export function inverseSquareRoot(numerator: bigint, x: number): number {
  if (!(x >= 1)) throw new RangeError(`the inverse square root of ${x}`);
  const square = numerator / BigInt(x);
  let root = BigInt(Math.floor(Math.sqrt(Number(square))));
  while (root * root > square) root--;
  while ((root + 1n) * (root + 1n) <= square) root++;
  return Number(root);
}

/** Bits that hold 0 .. x. */
export function bitLength(x: number): number {
  let bits = 0;
  while (2 ** bits <= x) bits++;
  return bits;
}
