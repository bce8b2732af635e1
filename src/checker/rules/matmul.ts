import { asserted, same } from "../findings.js";
import { rounded, span } from "../numbers.js";
import type { Rule } from "./rule.js";

/** Shape of a matrix product n x d times d x m, and the bits S of a slot. */
export interface Shape {
  readonly n: number;
  readonly d: number;
  readonly m: number;
  readonly causal: boolean;
  readonly S: number;
}

/** Parameters of MatMulLayer. */
const NAMES = ["batch", "rows", "inner", "columns", "causal", "shift", "resultBits", "least"];

/**
 * A product makes more than the program reads: all elements of a block that reaches below the diagonal share words, and
 * each must be in range for the others to be what they are.
 */
export const matmul: Rule<"matmul"> = {
  kind: "matmul",
  check({ operation, tensor, arguments: own, known, check }) {
    const [batch, n, d, m, causal, f, w, lo] = NAMES.map((name) => own.number(name));
    const isSame = [
      same(check, "batch", batch, operation.batch),
      same(check, "rows", n, operation.rows),
      same(check, "inner", d, operation.inner),
      same(check, "columns", m, operation.columns),
      same(check, "causal", causal, operation.causal ? 1 : 0),
      same(check, "shift", f, operation.shift),
    ];
    const S = f + w;
    const fits = asserted(check, {
      [`rows >= 1 && inner >= 1 && columns >= 1 && shift >= 0 && S >= 1, S = ${S}`]:
        n >= 1 && d >= 1 && m >= 1 && f >= 0 && S >= 1,
      [`S <= 253, S = ${S}`]: S <= 253,
      [`resultBits >= 0, resultBits = ${w}`]: w >= 0,
      [`causal == 0 || rows <= columns, rows = ${n}, columns = ${m}`]: causal === 0 || n <= m,
    });
    if (!fits || isSame.includes(false)) return;
    const shape: Shape = { n, d, m, causal: causal === 1, S };
    const { rows, columns } = blocksOf(shape);
    asserted(check, {
      [`blockRows * blockColumns * S <= 253, blockRows = ${rows}, blockColumns = ${columns}, S = ${S}`]:
        rows * columns * S <= 253,
    });
    const [from, to] = [BigInt(lo), BigInt(lo) + span(w) - 1n];
    const sums = known.sums.get(tensor)!;
    for (let row = 0; row < batch * n; row++) {
      const end = columnsMade(shape, rows, Math.floor((row % n) / rows) * rows);
      for (let column = 0; column < end; column++) {
        const at = row * m + column;
        const made = { lo: rounded(sums.lo[at], f), hi: rounded(sums.hi[at], f) };
        check(
          "a value beyond its slot",
          made.lo >= from && made.hi <= to,
          () =>
            `element (${row % n}, ${column}) of product ${Math.floor(row / n)}, made in blocks of ${rows} x ${columns}, can be in [${made.lo}, ${made.hi}], and the circuit allows [${from}, ${to}]`,
        );
      }
    }
  },
};

/** How many columns a block row makes: those that its last row wants. */
function columnsMade({ n, m, causal }: Shape, rows: number, first: number): number {
  return causal ? Math.min(first + rows, n) + m - n : m;
}

/** The blocks of the template MatMul: those that cost least, the first of equals. */
export function blocksOf(shape: Shape): { rows: number; columns: number } {
  const { n, d, m, S } = shape;
  let best = { rows: 1, columns: 1, cost: Infinity };
  for (let rows = 1; rows <= n && rows * S <= 253; rows++)
    for (let columns = 1; columns <= m && rows * columns * S <= 253; columns++) {
      let cost = 0;
      for (let first = 0; first < n; first += rows) {
        const made = columnsMade(shape, rows, first);
        cost += Math.ceil(made / columns) * d + Math.min(rows, n - first) * made * S;
      }
      if (cost < best.cost) best = { rows, columns, cost };
    }
  return best;
}
