import { activationInteger } from "../choices.js";
import { asserted, same, sameList } from "../findings.js";
import { span } from "../numbers.js";
import type { OperationOf } from "../program.js";
import { type Rule, within } from "./rule.js";

/** Constant tables: their entries are the program's, and every index that can come up is in them. */

type Form = OperationOf<"activate">["form"];

function activation(
  form: Form,
  range: (k: number, lo: number) => readonly [bigint, bigint],
): Rule<"activate"> {
  return {
    kind: "activate",
    check({ operation, arguments: own, x, check }) {
      const [f, k, l] = ["f", "k", "l"].map((name) => own.number(name));
      check("another form of activation", operation.form === form, () => `${form}, not ${operation.form}`);
      same(check, "n", own.number("n"), operation.size);
      same(check, "f", f, operation.shift);
      same(check, "lo", form === "table" ? own.number("lo") : 0, operation.lo);
      same(check, "base", form === "odd" ? own.number("base") : 0, operation.base);
      const T = own.list("T");
      sameList(check, "T", T, operation.table);
      const fits = asserted(check, {
        [`f >= 0 && k >= 1 && f + k <= 200, f = ${f}, k = ${k}`]: f >= 0 && k >= 1 && f + k <= 200,
        ...tableAssertions(k, l),
      });
      if (!fits) return;
      same(check, "the entries of T", T.length, span(k));
      within(
        check,
        x,
        () => range(k, operation.lo),
        (value) => activationInteger(operation, value),
      );
    },
  };
}

/** What TableOfBits(b, l, T) asserts. */
export function tableAssertions(b: number, l: number): Record<string, boolean> {
  return {
    [`b >= 1 && b <= 16 && l >= 0 && l <= b, b = ${b}, l = ${l}`]: b >= 1 && b <= 16 && l >= 0 && l <= b,
  };
}

export const table = activation("table", (k, lo) => [BigInt(lo), BigInt(lo) + span(k) - 1n]);
export const even = activation("even", (k) => [1n - span(k), span(k) - 1n]);
export const below = activation("below", (k) => [-span(k), span(k) - 1n]);
export const odd = activation("odd", (k) => [-span(k), span(k) - 1n]);

export const lookup: Rule<"lookup"> = {
  kind: "lookup",
  check({ operation, arguments: own, x, check }) {
    const [V, d] = [own.number("V"), own.number("d")];
    same(check, "n", own.number("n"), x.lo.length);
    same(check, "V", V, operation.table.length / operation.width);
    same(check, "d", d, operation.width);
    sameList(check, "T", own.table("T", V, d), operation.table);
    asserted(check, { [`V >= 2, V = ${V}`]: V >= 2 });
    within(check, x, () => [0n, BigInt(V) - 1n]);
  },
};

export const binaryLookup: Rule<"lookup"> = {
  kind: "lookup",
  check(instance) {
    lookup.check(instance);
    const { operation, arguments: own, check } = instance;
    const [V, d, b, lo, l, packed] = ["V", "d", "b", "lo", "l", "packed"].map((name) => own.number(name));
    let t = 0;
    while (2 ** t < V) t++;
    const fits = asserted(check, {
      [`d >= 1 && b >= 1 && b <= 64, d = ${d}, b = ${b}`]: d >= 1 && b >= 1 && b <= 64,
      [`l >= 1 && l <= t, l = ${l}, t = ${t}`]: l >= 1 && l <= t,
    });
    check("a flag that is neither 0 nor 1", packed === 0 || packed === 1, () => `packed is ${packed}`);
    if (!fits) return;
    for (const entry of operation.table)
      check(
        "an entry beyond its bits",
        entry >= lo && BigInt(entry - lo) < span(b),
        () => `${entry} is not of [${lo}, ${lo} + 2^${b})`,
      );
  },
};
