import { windowOf } from "../bounds.js";
import { differenceOf } from "../differences.js";
import { asserted, same } from "../findings.js";
import { span } from "../numbers.js";
import type { Instance, Rule } from "./rule.js";

/** Gadgets that compare elements with each other: they hold differences. */

/** Holds every difference within rows of these lengths below a limit. */
export function rowDifferences(
  { known, check }: Pick<Instance, "known" | "check">,
  input: number,
  lengths: readonly number[],
  bits: number,
): void {
  const limit = span(bits);
  let start = 0;
  for (const length of lengths) {
    for (let i = start; i < start + length; i++)
      for (let j = i + 1; j < start + length; j++) {
        const most = differenceOf(input, i, j, known);
        check(
          "a difference beyond its width",
          most < limit,
          () => `elements ${i} and ${j} can differ by ${most}, and the circuit allows less than 2^${bits}`,
        );
      }
    start += length;
  }
}

const rowsOf = (count: number, length: number) => new Array<number>(count).fill(length);

export const argmax: Rule<"argmax"> = {
  kind: "argmax",
  check(instance) {
    const { operation, arguments: own, check } = instance;
    const [classes, d] = [own.number("columns"), own.number("differenceBits")];
    same(check, "rows", own.number("rows"), operation.size);
    same(check, "columns", classes, operation.classes);
    const fits = asserted(check, {
      [`count >= 2, count = ${classes}`]: classes >= 2,
      [`differenceBits >= 1 && differenceBits <= 200, differenceBits = ${d}`]: d >= 1 && d <= 200,
    });
    if (fits) rowDifferences(instance, operation.input, rowsOf(operation.size, operation.classes), d);
  },
};

export const topK: Rule<"topk"> = {
  kind: "topk",
  check(instance) {
    const { operation, arguments: own, check, x } = instance;
    const [row, k, d] = ["columns", "kept", "differenceBits"].map((name) => own.number(name));
    const rows = x.lo.length / operation.row;
    same(check, "rows", own.number("rows"), rows);
    same(check, "columns", row, operation.row);
    same(check, "kept", k, operation.k);
    const fits = asserted(check, {
      [`count >= 2 && kept >= 1 && kept <= count, count = ${row}, kept = ${k}`]:
        row >= 2 && k >= 1 && k <= row,
      [`differenceBits >= 1, differenceBits = ${d}`]: d >= 1 && d <= 200,
    });
    if (!fits) return;
    const n = BigInt(row);
    let D = 0;
    while (span(D) <= n * (span(d) - 1n) + n - 1n) D++;
    asserted(check, { [`D <= 200, D = ${D}`]: D <= 200 });
    rowDifferences(instance, operation.input, rowsOf(rows, operation.row), d);
  },
};

export const max: Rule<"max"> = {
  kind: "max",
  check(instance) {
    const { operation, arguments: own, check, x } = instance;
    const { size } = operation;
    const [outputs, w, blocks] = ["outputs", "window", "blocks"].map((name) => own.number(name));
    same(check, "inputs", own.number("inputs"), x.lo.length);
    const isWhole = same(check, "outputs", outputs, size);
    const divides = check(
      "blocks of unequal size",
      blocks >= 1 && size % blocks === 0,
      () => `${size} in ${blocks}`,
    );
    const [bits, index] = [own.rows("differenceBits"), own.rows("index")];
    const fits = [
      same(check, "the number of windows", index.length, size),
      same(check, "the number of blocks", bits.length, blocks),
      ...index.map((order) => same(check, "window", order.length, w)),
      ...bits.map((row) => same(check, "the number of matches", row.length, w - 1)),
      asserted(check, {
        [`count >= 2, count = ${w}`]: w >= 2,
        "differenceBits[i] >= 1 && differenceBits[i] <= 200": bits.flat().every((d) => d >= 1 && d <= 200),
      }),
    ];
    if (!isWhole || !divides || fits.includes(false)) return;
    index.forEach((order, i) => window(instance, i, order, bits[Math.floor((i * blocks) / size)]));
  },
};

/** The matches of one window, as circuits/max.circom plays them. */
function window(
  { operation, known, check }: Instance<"max">,
  i: number,
  order: readonly number[],
  bits: number[],
): void {
  // Who meets whom first is the circuit's choice; who plays is the program's.
  const players = (list: readonly number[]) => String([...new Set(list)].sort((a, b) => a - b));
  const wanted = windowOf(operation, i);
  const isWhole = check(
    "a window of other elements",
    players(order) === players(wanted),
    () => `window ${i} compares ${order.join()}, and not ${wanted.join()}`,
  );
  if (!isWhole) return;
  let sides = order.map((element) => [element]);
  for (let match = 0; sides.length > 1;) {
    const next: number[][] = [];
    for (let j = 0; j + 1 < sides.length; j += 2, match++) {
      const limit = span(bits[match]);
      for (const a of sides[j])
        for (const b of sides[j + 1]) {
          const most = differenceOf(operation.input, a, b, known);
          check(
            "a difference beyond its width",
            most < limit,
            () =>
              `match ${match} of window ${i} can be decided by ${most}, and the circuit allows less than ${limit}`,
          );
        }
      next.push([...sides[j], ...sides[j + 1]]);
    }
    if (sides.length % 2 === 1) next.push(sides[sides.length - 1]);
    sides = next;
  }
}
