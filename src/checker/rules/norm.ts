import { asserted, same, type Check } from "../findings.js";
import { abs, bitsOf, floorDivided, rootOf, span } from "../numbers.js";
import { type Instance, type Rule, within } from "./rule.js";

interface Scale {
  /** Elements of a row, how far one can be from the mean, and the most that squares can sum to. */
  readonly n: bigint;
  readonly top: bigint;
  readonly most: bigint;
  readonly E: bigint;
  readonly t: number;
  readonly g: number;
}

/** Parameters of both layers that are small. */
const NAMES = ["count", "columns", "least", "most", "rootBits", "droppedBits"];

/** What both norms have. @returns undefined where their parameters are none */
function common({ operation, arguments: own, x, check }: Instance<"normalize">) {
  const [n, row, lo, hi, t, g] = NAMES.map((name) => own.number(name));
  const E = own.whole("epsilon");
  const isSame = [
    same(check, "count", n, operation.size),
    same(check, "columns", row, operation.row),
    same(check, "epsilon", E, operation.epsilon),
    same(check, "rootBits", t, operation.rootBits),
    same(check, "droppedBits", g, operation.drop),
    check("an empty range", lo <= hi, () => `[${lo}, ${hi}]`),
    asserted(check, {
      [`count >= 1, count = ${row}`]: row >= 1,
      [`epsilon >= 1 && droppedBits >= 1 && rootBits > droppedBits && rootBits <= 60, epsilon = ${E}, rootBits = ${t}, droppedBits = ${g}`]:
        E >= 1n && g >= 1 && t > g && t <= 60,
    }),
  ];
  within(check, x, () => [BigInt(lo), BigInt(hi)]);
  if (isSame.includes(false)) return undefined;
  return { n: BigInt(row), lo: BigInt(lo), hi: BigInt(hi), E, t, g };
}

export const layerNorm: Rule<"normalize"> = {
  kind: "normalize",
  check(instance) {
    const { operation, arguments: own, check } = instance;
    check("a norm without a mean", operation.centered, () => "the program has none");
    const u = own.number("meanBits");
    same(check, "meanBits", u, operation.meanBits);
    const parts = common(instance);
    if (parts === undefined) return;
    const { n, lo, hi } = parts;
    const fits = asserted(check, {
      [`count >= 2, count = ${n}`]: n >= 2n,
      [`meanBits >= 0, meanBits = ${u}`]: u >= 0 && u <= 60,
    });
    if (!fits) return;
    const W = span(u) * (hi - lo);
    meanFits(check, n, span(u) * lo, span(u) * hi, bitsOf(W));
    // About the true mean squares sum to at most n W^2 / 4, and the rounding of the mean adds at most n / 4.
    const most = (n * (W * W + 1n)) / 4n;
    const squares = squaresAtCorners(n, span(u) * lo, span(u) * hi);
    check("squares beyond their bound", squares <= most, () => `they sum to ${squares}, beyond ${most}`);
    scaleFits(check, { ...parts, top: W, most });
  },
};

/** The most that squares about the rounded mean sum to, in rows of which each element is the least or the greatest. */
function squaresAtCorners(n: bigint, lo: bigint, hi: bigint): bigint {
  let most = 0n;
  for (let high = 0n; high <= n; high++) {
    const mean = floorDivided((n - high) * lo + high * hi + n / 2n, n);
    const sum = (n - high) * (lo - mean) ** 2n + high * (hi - mean) ** 2n;
    if (sum > most) most = sum;
  }
  return most;
}

/** DivideByConstant with w result bits, of a sum of n numbers of [lo, hi]. */
function meanFits(check: Check, n: bigint, lo: bigint, hi: bigint, w: number): void {
  const t = bitsOf(n - 1n);
  asserted(check, { [`t + resultBits <= 200, t = ${t}, resultBits = ${w}`]: t + w <= 200 });
  const [from, to] = [lo, hi].map((end) => floorDivided(n * end + n / 2n, n));
  check(
    "a mean beyond its bits",
    from >= lo && to - lo < span(w),
    () => `a mean can be in [${from}, ${to}], and the circuit allows [${lo}, ${lo} + 2^${w})`,
  );
}

export const rootMeanSquare: Rule<"normalize"> = {
  kind: "normalize",
  check(instance) {
    const { operation, check } = instance;
    check("a norm with a mean", !operation.centered && operation.meanBits === 0, () => "the program has one");
    const parts = common(instance);
    if (parts === undefined) return;
    const { n, lo, hi } = parts;
    const top = abs(lo) > abs(hi) ? abs(lo) : abs(hi);
    scaleFits(check, { ...parts, top, most: n * top * top });
  },
};

/** ScaleRow, and the inverse root in it: InverseSquareRoot((2^t - 2^g)^2, E, E + most). */
function scaleFits(check: Check, { n, top, most, E, t, g }: Scale): void {
  const C = (span(t) - span(g)) ** 2n;
  const hi = E + most;
  const small = asserted(check, {
    [`count * bound * bound + epsilon < 1 << 120, count = ${n}, bound = ${top}`]:
      n * top * top + E < span(120),
    [`bitsOf(numerator) + bitsOf(most) <= 248, rootBits = ${t}, most = ${hi}`]: bitsOf(C) + bitsOf(hi) <= 248,
  });
  if (!small) return;
  const rootBits = bitsOf(rootOf(C / E));
  const gapBits = bitsOf(2n * rootOf(C * hi) + hi - 1n);
  asserted(check, {
    [`2 * n + bitsOf(most) <= 250 && w <= 250, n = ${rootBits}, w = ${gapBits}`]:
      2 * rootBits + bitsOf(hi) <= 250 && gapBits <= 250,
  });
  // |X| R is at most 2^t - 2^g, whatever X is, since X^2 is below the sum that R is the inverse root of.
  const [from, to] = [-1n, 1n].map((sign) => sign * (span(t) - span(g)) + span(g - 1) + span(t));
  check(
    "a product beyond its slot",
    from >= 0n && to < span(t + 1) && t + 1 <= 253,
    () => `[${from}, ${to}] in ${t + 1} bits`,
  );
}
