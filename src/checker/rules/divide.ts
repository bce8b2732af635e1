import { asserted, same } from "../findings.js";
import { span } from "../numbers.js";
import { type Rule, within } from "./rule.js";

/** floor(2^r / x): FloorDivide(nq, nb, 0) of every element, which has a witness for divisors of 1 and more only. */
export const reciprocal: Rule<"reciprocal"> = {
  kind: "reciprocal",
  check({ operation, arguments: own, x, check }) {
    const [r, nq, nb] = ["r", "nq", "nb"].map((name) => own.number(name));
    same(check, "n", own.number("n"), operation.size);
    same(check, "r", r, operation.numerator);
    const fits = asserted(check, {
      [`r >= 0 && r <= 250, r = ${r}`]: r >= 0 && r <= 250,
      [`nq >= 1 && nb >= 1 && nq + nb <= 250, nq = ${nq}, nb = ${nb}`]: nq >= 1 && nb >= 1 && nq + nb <= 250,
    });
    if (!fits) return;
    within(check, x, () => [1n, span(nb) - 1n]);
    const most = span(nq) - 1n;
    x.lo.forEach((least, i) =>
      check(
        "a quotient beyond its bits",
        least < 1n || span(r) / least <= most,
        () => `element ${i} can be ${span(r) / least}, beyond ${most}`,
      ),
    );
  },
};
