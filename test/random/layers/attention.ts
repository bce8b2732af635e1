import { tensor } from "../../../src/tensor/tensor.js";
import type { GraphBuilder } from "../../../src/graph/builder.js";
import type { ValueId } from "../../../src/graph/types.js";
import { constantsOf, drawConstants, type Constants } from "../constants.js";
import type { Random } from "../random.js";
import { asRows, cut, family, lastOf, project, reshape } from "./family.js";

/** Rows with learned positions, of which at most six are kept. */
function tokens(b: GraphBuilder, x: ValueId, positions: Constants | null): ValueId {
  const own = asRows(b, x);
  const shape = b.shapeOf(own);
  const rows = cut(b, own, Math.max(6, shape[2]));
  const kept = b.shapeOf(rows)[1] > 6 ? cut(b, rows, 6) : rows;
  if (positions === null) return kept;
  return b.apply("add", [kept, b.constant(constantsOf(b.shapeOf(kept), positions))]);
}

const drawMatrices = (random: Random) => ({
  d: random.size(1, 64),
  positions: random.chance(0.6) ? drawConstants(random, 6) : null,
  q: drawConstants(random, 6),
  k: drawConstants(random, 6),
  qSizes: drawSizes(random),
  kSizes: drawSizes(random),
});

/** Sizes of rows: those of queries and keys need have nothing in common. */
const drawSizes = (random: Random): Constants | null =>
  random.chance(0.3) ? { ...drawConstants(random, 3), varies: "first" } : null;

/** A projection whose rows are of different size. */
function sized(
  b: GraphBuilder,
  rows: ValueId,
  out: number,
  weights: Constants | null,
  sizes: Constants | null,
): ValueId {
  const projected = project(b, rows, out, weights);
  if (sizes === null) return projected;
  return b.apply("mul", [projected, b.constant(constantsOf([b.shapeOf(rows)[1], 1], sizes))]);
}

/** Products of computed matrices. */
export const attentionFamilies = {
  /** Attention as it is exported: projections, heads, scores, mask, softmax, mix. */
  attention: family(
    (random) => ({
      ...drawMatrices(random),
      v: drawConstants(random, 6),
      heads: random.pick([1, 1, 1, 2, 3]),
      causal: random.chance(0.6),
      added: random.chance(0.2),
      scaled: random.chance(0.8),
      residual: random.chance(0.4),
    }),
    ({ b }, x, { d, positions, q, k, qSizes, kSizes, v, heads, causal, added, scaled, residual }) => {
      const rows = tokens(b, x, positions);
      const n = b.shapeOf(rows)[1];
      const split = (weights: Constants | null, sizes: Constants | null) =>
        b.apply("transpose", [reshape(b, sized(b, rows, heads * d, weights, sizes), [1, n, heads, d])], {
          perm: [0, 2, 1, 3],
        });
      const turned = b.apply("transpose", [split(k, kSizes)], { perm: [0, 1, 3, 2] });
      const products = b.apply("matmul", [split(q, qSizes), turned]);
      const scores = scaled ? b.apply("mul", [products, b.scalar(1 / Math.sqrt(d))]) : products;
      const seen = Array.from({ length: n * n }, (_, i) => (i % n <= Math.floor(i / n) ? 1 : 0));
      const masked = added
        ? b.apply("add", [
            scores,
            b.constant(
              tensor(
                "float",
                [n, n],
                seen.map((s) => (s === 1 ? 0 : -1e9)),
              ),
            ),
          ])
        : b.apply("where", [b.constant(tensor("bool", [n, n], seen)), scores, b.scalar(-Infinity)]);
      const shares = b.apply("softmax", [causal ? masked : scores], { axis: -1 });
      const mixed = b.apply("transpose", [b.apply("matmul", [shares, split(v, null)])], {
        perm: [0, 2, 1, 3],
      });
      const joined = reshape(b, mixed, [1, n, heads * d]);
      const out = project(b, joined, residual ? lastOf(b, rows) : Math.min(lastOf(b, rows), 4), null);
      return residual ? b.apply("add", [rows, out]) : out;
    },
  ),

  /** Scores without a softmax, all of them read, or those below the diagonal, or a few. */
  scores: family(
    (random) => ({
      ...drawMatrices(random),
      towers: random.chance(0.5),
      read: random.pick(["all", "lower", "lower", "few"]),
      start: random.int(0, 5),
      step: random.int(1, 5),
    }),
    ({ b }, x, { d, positions, q, k, qSizes, kSizes, towers, read, start, step }) => {
      const rows = tokens(b, x, positions);
      const side = (weights: Constants | null, sizes: Constants | null) => {
        const first = sized(b, rows, d, weights, sizes);
        if (!towers) return first;
        const other = weights && { ...weights, seed: weights.seed + 1, power: weights.power - 2 };
        return b.apply("concat", [first, project(b, rows, d, other)], { axis: 1 });
      };
      const left = side(q, qSizes);
      const n = b.shapeOf(left)[1];
      const products = b.apply("matmul", [
        left,
        b.apply("transpose", [side(k, kSizes)], { perm: [0, 2, 1] }),
      ]);
      if (read === "all") return cut(b, products, 6);
      const places = Array.from({ length: n * n }, (_, i) => i);
      const first = start % (n * n);
      const kept = places.filter((i) =>
        read === "lower" ? i % n <= Math.floor(i / n) : i >= first && (i - first) % step === 0,
      );
      const flat = reshape(b, products, [1, n * n]);
      return b.apply("gather", [flat, b.ints(kept)], { axis: 1 });
    },
  ),
};
