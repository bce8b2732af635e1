import { asserted, same } from "../findings.js";
import { span } from "../numbers.js";
import { type Rule, within } from "./rule.js";

/** floor(2^r / x): FloorDivide with a least quotient of 0, of every element, which has a witness for divisors of 1 and more only. */
export const reciprocal: Rule<"reciprocal"> = {
  kind: "reciprocal",
  check({ operation, arguments: own, x, check }) {
    const [r, nq, nb] = ["exponent", "quotientBits", "divisorBits"].map((name) => own.number(name));
    same(check, "count", own.number("count"), operation.size);
    same(check, "exponent", r, operation.numerator);
    const fits = asserted(check, {
      [`exponent >= 0 && exponent <= 250, exponent = ${r}`]: r >= 0 && r <= 250,
      [`quotientBits >= 1 && divisorBits >= 1 && quotientBits + divisorBits <= 250, quotientBits = ${nq}, divisorBits = ${nb}`]:
        nq >= 1 && nb >= 1 && nq + nb <= 250,
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
