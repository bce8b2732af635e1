import { tensor } from "../../../tensor/tensor.js";
import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { attention, maskOf } from "../../compose/attention.js";
import { cast, concat, reshape, sequence, stack, transpose, unsqueeze } from "../../compose/movement.js";
import { rotate } from "../../compose/rotary.js";
import type { OnnxCall } from "../call.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

/** x [B, S, heads · E] as [B, heads, S, E]. */
function splitHeads(c: OnnxCall, x: ValueId, heads: number): ValueId {
  const b = c.builder;
  const [batch, length, features] = b.shapeOf(x) as [number, number, number];
  if (!(heads > 0) || features % heads !== 0)
    throw new OperatorError(`${features} features do not divide into ${heads} heads`);
  return transpose(b, reshape(b, x, [batch, length, heads, features / heads]), [0, 2, 1, 3]);
}

/** x [B, heads, S, E] as [B, S, heads · E]. */
function joinHeads(c: OnnxCall, x: ValueId): ValueId {
  const [batch, , length] = c.builder.shapeOf(x) as [number, number, number];
  return reshape(c.builder, transpose(c.builder, x, [0, 2, 1, 3]), [batch, length, -1]);
}

/**
 * Attention of operator set 23 and later: q, k, v, mask, and the keys and values before these, or how many of these
 * are none of padding. Gives the answer, all keys, all values, and what the mode asks of the steps between.
 */
const attentionRule: OnnxRule = (c) => {
  const b = c.builder;
  const flat = c.shapeOf(0).length === 3;
  const heads = (index: number, name: string): ValueId =>
    flat ? splitHeads(c, c.input(index), c.int(name)) : c.input(index);
  const q = heads(0, "q_num_heads");
  const withPast = (index: number, past: number): ValueId => {
    const own = heads(index, "kv_num_heads");
    return c.has(past) ? concat(b, [c.input(past), own], 2) : own;
  };
  const [k, v] = [withPast(1, 4), withPast(2, 5)];
  const steps = attention(b, q, k, v, {
    masks: masksOf(c, b.shapeOf(q)[2], b.shapeOf(k)[2]),
    scale: c.hasAttribute("scale") ? c.float("scale") : undefined,
    softcap: c.float("softcap", 0),
    grouped: true,
  });
  const mode = c.int("qk_matmul_output_mode", 0);
  const between = [steps.scores, steps.capped, steps.masked, steps.shares][mode];
  if (between === undefined) throw new OperatorError(`there is no output of the mode ${mode}`);
  return [flat ? joinHeads(c, steps.output) : steps.output, k, v, between];
};

/** Which keys each query sees: by its place behind those before, and by the file's own mask. */
function masksOf(c: OnnxCall, queries: number, keys: number): ValueId[] {
  const b = c.builder;
  const causal = c.int("is_causal", 0) === 1;
  const [left, right] = [c.int("left_window_size", -1), c.int("right_window_size", -1)];
  const lengths = c.has(6) ? c.constantInts(6) : undefined;
  const before = c.has(4) ? c.shapeOf(4)[2] : 0;
  const sees = (offset: number, query: number, key: number): boolean => {
    const ahead = key - query - offset;
    return !(causal && ahead > 0) && !(left >= 0 && -ahead > left) && !(right >= 0 && ahead > right);
  };
  const masks: ValueId[] = [];
  if (lengths !== undefined) {
    const each = lengths.map((length) =>
      maskOf(b, queries, keys, (query, key) => key < length && sees(length - queries, query, key)),
    );
    masks.push(unsqueeze(b, stack(b, each, 0), [1]));
  } else if (causal || left >= 0 || right >= 0) {
    masks.push(maskOf(b, queries, keys, (query, key) => sees(before, query, key)));
  }
  if (c.has(3)) masks.push(maskTo(c, keys));
  return masks;
}

/** The file's mask; the keys behind its end are not seen. */
function maskTo(c: OnnxCall, keys: number): ValueId {
  const b = c.builder;
  const shape = c.shapeOf(3);
  const missing = keys - (shape.at(-1) ?? keys);
  if (missing <= 0) return c.input(3);
  const { dtype } = b.typeOf(c.input(3));
  const size = shape.slice(0, -1).reduce((product, n) => product * n, missing);
  const hidden = sequence(size, () => (dtype === "bool" ? 0 : -Infinity));
  const rest = b.constant(tensor(dtype, [...shape.slice(0, -1), missing], hidden));
  return concat(b, [c.input(3), rest], shape.length - 1);
}

/** x [B, S, H·E] or [B, H, S, E], each pair of features turned by the angle of its place. */
const rotaryEmbedding: OnnxRule = (c) => {
  const b = c.builder;
  const flat = c.shapeOf(0).length === 3;
  const x = flat ? splitHeads(c, c.input(0), c.int("num_heads", 0)) : c.input(0);
  const width = c.int("rotary_embedding_dim", 0) || b.shapeOf(x)[3];
  const angles = (index: number): ValueId => {
    const rows = c.has(3)
      ? b.apply("gather", [c.input(index), cast(b, c.input(3), "int")], { axis: 0 })
      : c.input(index);
    if (2 * b.shapeOf(rows).at(-1)! !== width)
      throw new OperatorError(`the table of angles does not fit ${width} features`);
    return unsqueeze(b, rows, [1]);
  };
  const turned = rotate(b, x, angles(1), angles(2), c.int("interleaved", 0) === 1);
  return flat ? joinHeads(c, turned) : turned;
};

export const attentionRules: OnnxTable = {
  Attention: attentionRule,
  RotaryEmbedding: rotaryEmbedding,
};
