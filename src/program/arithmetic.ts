/**
 * What the gadgets of `circuits/` mean, on integers: every function here is the reference that a circuit is compared
 * with, bit for bit. Arguments and results are integers below 2^53; division floors (towards -infinity), rounding is
 * half up (towards +infinity), comparison of equals prefers the lowest index.
 */

/** Integers are exact below this, in Float64. */
export const EXACT_LIMIT = 2 ** 53;

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

/** floor((x + 2^(shift-1)) / 2^shift), and x itself where nothing is shifted: requantization. */
export function shiftRound(x: number, shift: number): number {
  if (shift === 0) return x;
  // A quotient by a power of two is not rounded.
  const unit = 2 ** shift;
  return Math.floor((x + unit / 2) / unit);
}

/** floor(2^exponent / x) (Reciprocal). */
export function reciprocal(exponent: number, x: number): number {
  return floorDivide(2 ** exponent, x);
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

/** Bits that hold 0 .. x. @throws RangeError for what is not a number, or infinite */
export function bitLength(x: number): number {
  if (!(x < Infinity)) throw new RangeError(`${x} has no bits`);
  if (x < 1) return 0;
  if (x < 2 ** 31) return 32 - Math.clz32(x);
  let bits = 31;
  while (2 ** bits <= x) bits++;
  return bits;
}

/** T[x], or 0 beyond the table (Exp). */
export function exponential(x: number, table: ArrayLike<number>): number {
  return x < table.length ? table[x] : 0;
}

/** floor((x R + 2^(r-p-1)) / 2^(r-p)) with R = floor(2^r / sum of all x) (Shares). */
function shares(values: readonly number[], r: number, p: number): number[] {
  const inverse = reciprocal(
    r,
    values.reduce((sum, x) => sum + x, 0),
  );
  return values.map((x) => shiftRound(x * inverse, r - p));
}

/** Shares of exp(max - x) of a row; `exp` is one of the two functions above (Softmax, SoftmaxProduct). */
export function softmax(
  row: readonly number[],
  exp: (below: number) => number,
  r: number,
  p: number,
): number[] {
  const most = Math.max(...row);
  return shares(
    row.map((x) => exp(most - x)),
    r,
    p,
  );
}

/** What Shares costs. */
export function sharesCost(n: number, most: number, r: number): number {
  const slots = Math.min(n, Math.floor(253 / (r + 1)));
  const inverse = 1 + bitLength(reciprocal(r, most)) + 2 * bitLength(n * most);
  return inverse + n * (r + 1) + Math.ceil(n / slots);
}

/** Parameters of ScaleRow, LayerNorm and RootMeanSquareNorm; see circuits/norm.circom. */
export interface NormParameters {
  readonly epsilon: number;
  readonly t: number;
  readonly g: number;
}

/** floor((x R + 2^(g-1)) / 2^g), R the greatest with R^2 (epsilon + sum of squares) <= (2^t - 2^g)^2 (ScaleRow). */
export function scaleRow(row: readonly number[], { epsilon, t, g }: NormParameters): number[] {
  const total = row.reduce((sum, x) => sum + x * x, epsilon);
  const root = inverseSquareRoot((2n ** BigInt(t) - 2n ** BigInt(g)) ** 2n, total);
  return row.map((x) => shiftRound(x * root, g));
}

/** scaleRow of 2^u x - mean, the mean of all 2^u x being rounded half up (LayerNorm). */
export function layerNorm(row: readonly number[], u: number, parameters: NormParameters): number[] {
  const sum = row.reduce((total, x) => total + x, 0);
  const mean = divideRound(2 ** u * sum, row.length);
  return scaleRow(
    row.map((x) => 2 ** u * x - mean),
    parameters,
  );
}

/** What ScaleRow costs for a sum of squares up to `most`. */
export function scaleRowCost(n: number, most: number, { epsilon, t, g }: NormParameters): number {
  const numerator = (2n ** BigInt(t) - 2n ** BigInt(g)) ** 2n;
  const hi = epsilon + most;
  const gap = 2 * inverseSquareRoot(numerator * BigInt(hi), 1) + hi - 1;
  const root = 2 + bitLength(inverseSquareRoot(numerator, epsilon)) + 2 * bitLength(gap);
  return n + root + n * (t + 1) + Math.ceil(n / Math.min(n, Math.floor(253 / (t + 1))));
}

/** What LayerNorm costs for integers that lie at most `range` apart. */
export function layerNormCost(n: number, range: number, u: number, parameters: NormParameters): number {
  const W = 2 ** u * range;
  const most = Math.floor((n * (W * W + 1)) / 4);
  return bitLength(n - 1) + bitLength(W) + scaleRowCost(n, most, parameters);
}

/** Shape of a matrix product n x d times d x m; where causal, element (i, j) is 0 unless j <= i + m - n. */
export interface MatMulShape {
  readonly n: number;
  readonly d: number;
  readonly m: number;
  readonly causal?: boolean;
}

/** How MatMul is cut in blocks of gr x gc slots of `width` = f + w bits, and what it costs. */
export interface MatMulSlots {
  readonly gr: number;
  readonly gc: number;
  readonly cost: number;
}

/** What MatMulInSlots costs. */
export function matMulCost(
  { n, d, m, causal = false }: MatMulShape,
  width: number,
  gr: number,
  gc: number,
): number {
  let cost = 0;
  for (let first = 0; first < n; first += gr) {
    const end = Math.min(first + gr, n);
    const columns = causal ? end + m - n : m;
    cost += Math.ceil(columns / gc) * d + (end - first) * columns * width;
  }
  return cost;
}

/** The blocks that cost least, the fewest rows first: gr gc <= floor(253 / width). */
export function matMulSlots(shape: MatMulShape, width: number): MatMulSlots {
  let best: MatMulSlots = { gr: 1, gc: 1, cost: matMulCost(shape, width, 1, 1) };
  for (let gr = 1; gr <= shape.n && gr * width <= 253; gr++)
    for (let gc = 1; gc <= shape.m && gr * gc * width <= 253; gc++) {
      const cost = matMulCost(shape, width, gr, gc);
      if (cost < best.cost) best = { gr, gc, cost };
    }
  return best;
}

/** The greatest k of a row and their places, in descending order, the lowest index first on a tie (TopK). */
export function topK(row: readonly number[], k: number): { value: number[]; index: number[] } {
  const index = row
    .map((_, i) => i)
    .sort((i, j) => row[j] - row[i] || i - j)
    .slice(0, k);
  return { value: index.map((i) => row[i]), index };
}

/** What TopK costs for integers whose differences have d bits. */
export function topKCost(n: number, k: number, d: number): number {
  const keyBits = bitLength(n * (2 ** d - 1) + n - 1);
  return n * k + (k - 1) * keyBits + (k < n ? n * (keyBits + 1) : 0);
}

/** How a table of V rows of d entries of b bits is read: one signal a row, or by l bits in monomials. */
export type EmbeddingChoice =
  | { readonly template: "Embedding"; readonly cost: number }
  | {
      readonly template: "BinaryEmbedding";
      readonly l: number;
      readonly packed: boolean;
      readonly cost: number;
    };

/** The cheapest way to read a table without structure. */
export function embeddingChoice(V: number, d: number, b: number): EmbeddingChoice {
  let best: EmbeddingChoice = { template: "Embedding", cost: V };
  const t = bitLength(V - 1);
  for (let l = 1; l <= t; l++)
    for (const packed of [false, true]) {
      const words = packed ? Math.ceil(d / Math.floor(253 / b)) : d;
      const cost = t + (2 ** l - l - 1) + words * (2 ** (t - l) - 1) + (packed ? d * b : 0);
      if (cost < best.cost) best = { template: "BinaryEmbedding", l, packed, cost };
    }
  return best;
}
