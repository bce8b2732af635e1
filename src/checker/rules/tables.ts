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
      const [f, k, l] = ["shift", form === "table" ? "indexBits" : "magnitudeBits", "monomialBits"].map(
        (name) => own.number(name),
      );
      check("another form of activation", operation.form === form, () => `${form}, not ${operation.form}`);
      same(check, "count", own.number("count"), operation.size);
      same(check, "shift", f, operation.shift);
      same(check, "least", form === "table" ? own.number("least") : 0, operation.lo);
      same(check, "center", form === "odd" ? own.number("center") : 0, operation.base);
      const T = own.list("table");
      sameList(check, "table", T, operation.table);
      const fits = asserted(check, {
        [`shift >= 0 && bits >= 1 && shift + bits <= 200, shift = ${f}, bits = ${k}`]:
          f >= 0 && k >= 1 && f + k <= 200,
        ...tableAssertions(k, l),
      });
      if (!fits) return;
      same(check, "the entries of the table", T.length, span(k));
      within(
        check,
        x,
        () => range(k, operation.lo),
        (value) => activationInteger(operation, value),
      );
    },
  };
}

/** What TableOfBits asserts. */
export function tableAssertions(b: number, l: number): Record<string, boolean> {
  return {
    [`indexBits >= 1 && indexBits <= 16 && monomialBits >= 0 && monomialBits <= indexBits, indexBits = ${b}, monomialBits = ${l}`]:
      b >= 1 && b <= 16 && l >= 0 && l <= b,
  };
}

export const table = activation("table", (k, lo) => [BigInt(lo), BigInt(lo) + span(k) - 1n]);
export const even = activation("even", (k) => [1n - span(k), span(k) - 1n]);
export const below = activation("below", (k) => [-span(k), span(k) - 1n]);
export const odd = activation("odd", (k) => [-span(k), span(k) - 1n]);

export const lookup: Rule<"lookup"> = {
  kind: "lookup",
  check({ operation, arguments: own, x, check }) {
    const [V, d] = [own.number("rows"), own.number("columns")];
    same(check, "count", own.number("count"), x.lo.length);
    same(check, "rows", V, operation.table.length / operation.width);
    same(check, "columns", d, operation.width);
    sameList(check, "table", own.table("table", V, d), operation.table);
    asserted(check, { [`rows >= 2, rows = ${V}`]: V >= 2 });
    within(check, x, () => [0n, BigInt(V) - 1n]);
  },
};

/** Parameters of BinaryLookupLayer beside its size and table. */
const BINARY = ["rows", "columns", "entryBits", "least", "monomialBits", "packed"];

export const binaryLookup: Rule<"lookup"> = {
  kind: "lookup",
  check(instance) {
    lookup.check(instance);
    const { operation, arguments: own, check } = instance;
    const [V, d, b, lo, l, packed] = BINARY.map((name) => own.number(name));
    let t = 0;
    while (2 ** t < V) t++;
    const fits = asserted(check, {
      [`columns >= 1 && entryBits >= 1 && entryBits <= 64, columns = ${d}, entryBits = ${b}`]:
        d >= 1 && b >= 1 && b <= 64,
      [`monomialBits >= 1 && monomialBits <= t, monomialBits = ${l}, t = ${t}`]: l >= 1 && l <= t,
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
