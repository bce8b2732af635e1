import type { GraphBuilder } from "../../graph/builder.js";
import { tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { add, matmul, mul, not, reduce } from "./arithmetic.js";
import { reshape, swapAxes, unsqueeze, expand, sequence } from "./movement.js";

export interface AttentionOptions {
  /** Each added to the scores where it is float; keys that may be looked at where it is bool. */
  readonly masks?: readonly ValueId[];
  readonly scale?: number;
  /** Scores are bent to lie between -softcap and softcap; 0 leaves them. */
  readonly softcap?: number;
  /** Each key and value head serves several query heads. */
  readonly grouped?: boolean;
}

/** What attention computes on its way. */
export interface AttentionSteps {
  readonly scores: ValueId;
  readonly capped: ValueId;
  readonly masked: ValueId;
  readonly shares: ValueId;
  readonly output: ValueId;
}

/** softmax(q·kᵀ·scale + masks)·v over the last two axes: q [..., L, E], k [..., S, E], v [..., S, Ev]. */
export function attention(
  b: GraphBuilder,
  q: ValueId,
  k: ValueId,
  v: ValueId,
  { masks = [], scale, softcap = 0, grouped = false }: AttentionOptions,
): AttentionSteps {
  const features = b.shapeOf(q).at(-1)!;
  const [keys, values] = grouped ? [shareHeads(b, k, q), shareHeads(b, v, q)] : [k, v];
  // Scaling q instead of the scores touches fewer elements.
  const scaled = mul(b, q, scale ?? 1 / Math.sqrt(features));
  const scores = matmul(b, scaled, swapAxes(b, keys, -2, -1));
  const capped = softcap === 0 ? scores : mul(b, b.apply("tanh", [mul(b, scores, 1 / softcap)]), softcap);
  const masked = masks.reduce((sum, mask) => maskScores(b, sum, mask), capped);
  const blind = blindRows(b, masks);
  const seen = blind === undefined ? masked : b.apply("where", [blind, b.scalar(0), masked]);
  const computed = masks.some((mask) => b.constantOf(mask) === undefined);
  const softmax = b.apply("softmax", [seen], {
    axis: b.shapeOf(seen).length - 1,
    ...(computed && { safe: true }),
  });
  const shares = blind === undefined ? softmax : b.apply("where", [blind, b.scalar(0), softmax]);
  return { scores, capped, masked, shares, output: matmul(b, shares, values) };
}

function maskScores(b: GraphBuilder, scores: ValueId, mask: ValueId): ValueId {
  if (b.typeOf(mask).dtype !== "bool") return add(b, scores, mask);
  return b.apply("where", [mask, scores, b.scalar(-Infinity)]);
}

/** The queries that constant masks let see no key at all, where there are any: they get nothing. */
function blindRows(b: GraphBuilder, masks: readonly ValueId[]): ValueId | undefined {
  const constant = masks.filter((mask) => b.constantOf(mask) !== undefined);
  if (constant.length === 0 || constant.length < masks.length) return undefined;
  const open = constant
    .map((mask) => (b.typeOf(mask).dtype === "bool" ? mask : b.apply("less", [b.scalar(-Infinity), mask])))
    .reduce((all, mask) => b.apply("minimum", [all, mask]));
  const blind = not(b, reduce(b, "max", open, [-1], true));
  return b.constantOf(blind)!.data.includes(1) ? blind : undefined;
}

/** [queries, keys], true where `sees(query, key)`. */
export function maskOf(
  b: GraphBuilder,
  queries: number,
  keys: number,
  sees: (query: number, key: number) => boolean,
): ValueId {
  const allowed = sequence(queries * keys, (i) => Number(sees(Math.floor(i / keys), i % keys)));
  return b.constant(tensor("bool", [queries, keys], allowed), "mask");
}

/** Repeats each head of k [..., H', S, E] so that there are as many as in q. */
function shareHeads(b: GraphBuilder, k: ValueId, q: ValueId): ValueId {
  const shape = b.shapeOf(k);
  const heads = b.shapeOf(q).at(-3)!;
  const [own, length, features] = shape.slice(-3) as [number, number, number];
  if (own === heads) return k;
  if (heads % own !== 0) throw new OperatorError(`${own} heads of keys do not divide ${heads} of queries`);
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
