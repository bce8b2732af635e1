import { asserted, same, sameList, type Check } from "../findings.js";
import { bitsOf, span } from "../numbers.js";
import { rowDifferences } from "./comparisons.js";
import type { Rule } from "./rule.js";
import { tableAssertions } from "./tables.js";

export const softmax: Rule<"softmax"> = {
  kind: "softmax",
  check(instance) {
    const { operation, arguments: own, check } = instance;
    const [b, c, l, r, p] = ["b", "c", "l", "r", "p"].map((name) => own.number(name));
    const [rows, T] = [own.list("rows"), own.list("T")];
    same(check, "n", own.number("n"), operation.size);
    same(check, "count", own.number("count"), rows.length);
    sameList(check, "rows", rows, operation.rows);
    same(check, "r", r, operation.numerator);
    same(check, "p", p, operation.fraction);
    sameList(check, "T", T, operation.table);
    const fits = asserted(check, {
      ...tableAssertions(b, l),
      [`c >= 0 && c <= 200, c = ${c}`]: c >= 0 && c <= 200,
      [`b + c <= 200, b = ${b}, c = ${c}`]: b + c <= 200,
      [`p >= 1 && r > p && r + 1 <= 253 && r <= 250, r = ${r}, p = ${p}`]: p >= 1 && r > p && r <= 250,
      "T[i] <= T[0]": T.every((entry) => entry <= T[0]),
    });
    if (!fits) return;
    same(check, "the entries of T", T.length, span(b));
    check("an entry that is no share", T.every((entry) => entry >= 0) && T[0] >= 1, () =>
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
    [`1 << r >= most, r = ${r}, most = ${most}`]: span(r) >= most,
  });
  if (!fits) return;
  // Bits of the reciprocal, and of the sum that it is of: FloorDivide(nq, nb, 0).
  const [nq, nb] = [bitsOf(span(r) / most), bitsOf(n * most)];
  asserted(check, {
    [`nq >= 1 && nb >= 1 && nq + nb <= 250, nq = ${nq}, nb = ${nb}`]: nq >= 1 && nb >= 1 && nq + nb <= 250,
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
