import { asserted, same, sameList, type Check } from "../findings.js";
import { bitsOf, span } from "../numbers.js";
import { rowDifferences } from "./comparisons.js";
import type { Rule } from "./rule.js";
import { tableAssertions } from "./tables.js";

export const softmax: Rule<"softmax"> = {
  kind: "softmax",
  check(instance) {
    const { operation, arguments: own, check } = instance;
    const [b, c, l, r, p] = ["indexBits", "beyondBits", "monomialBits", "exponent", "fractionBits"].map(
      (name) => own.number(name),
    );
    const [rows, T] = [own.list("lengths"), own.list("table")];
    same(check, "count", own.number("count"), operation.size);
    same(check, "rows", own.number("rows"), rows.length);
    sameList(check, "lengths", rows, operation.rows);
    same(check, "exponent", r, operation.numerator);
    same(check, "fractionBits", p, operation.fraction);
    sameList(check, "table", T, operation.table);
    const fits = asserted(check, {
      ...tableAssertions(b, l),
      [`beyondBits >= 0 && beyondBits <= 200, beyondBits = ${c}`]: c >= 0 && c <= 200,
      [`indexBits + beyondBits <= 200, indexBits = ${b}, beyondBits = ${c}`]: b + c <= 200,
      [`fractionBits >= 1 && exponent > fractionBits && exponent <= 250, exponent = ${r}, fractionBits = ${p}`]:
        p >= 1 && r > p && r <= 250,
      "table[i] <= table[0]": T.every((entry) => entry <= T[0]),
    });
    if (!fits) return;
    same(check, "the entries of the table", T.length, span(b));
    check("an entry that is not a share", T.every((entry) => entry >= 0) && T[0] >= 1, () =>
      T.slice(0, 3).join(),
    );
    for (const length of new Set(rows)) if (length > 1) sharesFit(check, BigInt(length), BigInt(T[0]), r, p);
    rowDifferences(instance, operation.input, operation.rows, b + c);
  },
};

/** The inner template Shares: one entry is `most`, the others are natural and not above it. */
function sharesFit(check: Check, n: bigint, most: bigint, r: number, p: number): void {
  const fits = asserted(check, {
    [`most >= 1, most = ${most}`]: most >= 1n,
    [`1 << exponent >= most, exponent = ${r}, most = ${most}`]: span(r) >= most,
  });
  if (!fits) return;
  // Bits of the reciprocal, and of the sum that it is of: FloorDivide with a least quotient of 0.
  const [nq, nb] = [bitsOf(span(r) / most), bitsOf(n * most)];
  asserted(check, {
    [`quotientBits >= 1 && divisorBits >= 1 && quotientBits + divisorBits <= 250, quotientBits = ${nq}, divisorBits = ${nb}`]:
      nq >= 1 && nb >= 1 && nq + nb <= 250,
  });
  check(
    "a reciprocal beyond its bits",
    span(r) / most < span(nq),
    () => `2^${r} / ${most} has not ${nq} bits`,
  );
  check("a sum beyond its bits", n * most < span(nb), () => `${n} times ${most} has not ${nb} bits`);
  // An entry times the reciprocal of the sum is at most 2^r, as no entry exceeds the sum.
  const rounding = span(r) + span(r - p - 1);
  check("a share beyond its slot", rounding < span(r + 1), () => `${rounding} has not ${r + 1} bits`);
}
