import type { GraphBuilder } from "../../graph/builder.js";
import { tensor } from "../../graph/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { add, matmul, mul } from "./arithmetic.js";
import { reshape, swapAxes, unsqueeze, expand, sequence } from "./movement.js";

export interface AttentionOptions {
  /** Added to the scores where it is float; keys that may be looked at where it is bool. */
  readonly mask?: ValueId;
  readonly causal: boolean;
  readonly scale?: number;
  /** Each key and value head serves several query heads. */
  readonly grouped?: boolean;
}

/** softmax(q·kᵀ·scale + mask)·v over the last two axes: q [..., L, E], k [..., S, E], v [..., S, Ev]. */
export function attention(
  b: GraphBuilder,
  q: ValueId,
  k: ValueId,
  v: ValueId,
  { mask, causal, scale, grouped = false }: AttentionOptions,
): ValueId {
  const features = b.shapeOf(q).at(-1)!;
  const [keys, values] = grouped ? [shareHeads(b, k, q), shareHeads(b, v, q)] : [k, v];
  // Scaling q instead of the scores touches fewer elements.
  const scaled = mul(b, q, scale ?? 1 / Math.sqrt(features));
  let scores = matmul(b, scaled, swapAxes(b, keys, -2, -1));
  if (causal)
    scores = maskScores(b, scores, causalMask(b, b.shapeOf(scores).at(-2)!, b.shapeOf(scores).at(-1)!));
  if (mask !== undefined) scores = maskScores(b, scores, mask);
  return matmul(b, b.apply("softmax", [scores], { axis: b.shapeOf(scores).length - 1 }), values);
}

function maskScores(b: GraphBuilder, scores: ValueId, mask: ValueId): ValueId {
  if (b.typeOf(mask).dtype !== "bool") return add(b, scores, mask);
  return b.apply("where", [mask, scores, b.scalar(-Infinity)]);
}

/** [queries, keys], true where the key is not after the query. */
function causalMask(b: GraphBuilder, queries: number, keys: number): ValueId {
  const allowed = sequence(queries * keys, (i) => (i % keys <= Math.floor(i / keys) ? 1 : 0));
  return b.constant(tensor("bool", [queries, keys], allowed), "causal_mask");
}

/** Repeats each head of k [..., H', S, E] so that there are as many as in q. */
function shareHeads(b: GraphBuilder, k: ValueId, q: ValueId): ValueId {
  const shape = b.shapeOf(k);
  const heads = b.shapeOf(q).at(-3)!;
  const [own, length, features] = shape.slice(-3) as [number, number, number];
  const lead = shape.slice(0, -3);
  const repeated = expand(b, unsqueeze(b, k, [shape.length - 2]), [
    ...lead,
    own,
    heads / own,
    length,
    features,
  ]);
  return reshape(b, repeated, [...lead, heads, length, features]);
}
