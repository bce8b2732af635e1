import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { elementType } from "../program.js";
import { dtypeOf } from "../../elements.js";
import { logSumExp, mul, pow, reduce, sub, variance, vectorNorm } from "../../compose/arithmetic.js";
import { batchNorm, groupNorm, layerNorm, rmsNorm, weightNorm } from "../../compose/normalization.js";
import { cast, reshape, slice, squeeze } from "../../compose/movement.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

type Reduction = "sum" | "mean" | "max" | "min" | "prod";

/** The reduced axes: "dim" as one or several, all of them where it is absent or empty. */
export function dims(c: AtenCall): number[] | undefined {
  if (!c.has("dim")) return undefined;
  const list = c.ints("dim");
  return list.length === 0 ? undefined : list;
}

export function keep(c: AtenCall): boolean {
  return c.has("keepdim") && c.flag("keepdim");
}

export function source(c: AtenCall): ValueId {
  const x = c.tensor("self");
  return c.has("dtype") ? cast(c.builder, x, dtypeOf(elementType(c.int("dtype")))) : x;
}

const over =
  (op: Reduction): AtenRule =>
  (c) =>
    reduce(c.builder, op, source(c), dims(c), keep(c));

/** any and all: the largest or smallest of truth values. */
const ofTruth =
  (op: "max" | "min"): AtenRule =>
  (c) =>
    reduce(c.builder, op, cast(c.builder, c.tensor("self"), "bool"), dims(c), keep(c));

/** max.dim and min.dim: values and the lowest index of each. */
const withIndex =
  (op: "max" | "min"): AtenRule =>
  (c) => {
    const [values, index] = [reduce(c.builder, op, c.tensor("self"), c.ints("dim"), keep(c)), arg(c, op)];
    return [values, index];
  };

function arg(c: AtenCall, op: "max" | "min"): ValueId {
  const b = c.builder;
  const x = op === "max" ? c.tensor("self") : mul(b, c.tensor("self"), -1);
  if (c.has("dim")) return b.apply("argMax", [x], { axis: c.int("dim"), keepDims: keep(c) });
  const size = b.shapeOf(x).reduce((product, length) => product * length, 1);
  return b.apply("argMax", [b.apply("reshape", [x], { shape: [size] })], { axis: 0, keepDims: false });
}

const spread =
  (root: boolean): AtenRule =>
  (c) => {
    const correction = c.has("correction")
      ? c.number("correction")
      : c.has("unbiased") && !c.flag("unbiased")
        ? 0
        : 1;
    const result = variance(c.builder, c.tensor("self"), dims(c), correction, keep(c));
    return root ? pow(c.builder, result, 0.5) : result;
  };

const softmax =
  (op: "softmax" | "logSoftmax"): AtenRule =>
  (c) =>
    c.builder.apply(op, [source(c)], { axis: c.int("dim") });

const topK: AtenRule = (c) => {
  const b = c.builder;
  const attributes = { axis: c.int("dim"), k: c.int("k") };
  if (c.flag("largest")) return b.applyAll("topK", [c.tensor("self")], attributes);
  const [values, indices] = b.applyAll("topK", [mul(b, c.tensor("self"), -1)], attributes);
  return [mul(b, values, -1), indices];
};

const sort = (c: AtenCall): readonly ValueId[] => {
  const b = c.builder;
  const axis = c.axis("dim", c.shapeOf("self"));
  const sign = c.flag("descending") ? 1 : -1;
  const [values, indices] = b.applyAll("topK", [mul(b, c.tensor("self"), sign)], {
    axis,
    k: c.shapeOf("self")[axis] ?? 1,
  });
  return [mul(b, values, sign), indices];
};

/** The middle element along an axis, of two the lower, and where it is. */
const median: AtenRule = (c) => {
  const b = c.builder;
  const x = c.has("dim") ? c.tensor("self") : reshape(b, c.tensor("self"), [-1]);
  const shape = b.shapeOf(x);
  const axis = c.has("dim") ? c.axis("dim", shape) : 0;
  return ranked(c, x, axis, Math.floor(((shape[axis] ?? 1) + 1) / 2));
};

/** The k-th least element along an axis, and where it is. */
function ranked(c: AtenCall, x: ValueId, axis: number, k: number): ValueId[] {
  const b = c.builder;
  const least = b.applyAll("topK", [mul(b, x, -1)], { axis, k });
  const [values, places] = least.map((id) => slice(b, id, axis, k - 1, k));
  const results = [mul(b, values, -1), places];
  return keep(c) ? results : results.map((id) => squeeze(b, id, [axis]));
}

/** Batch norm as it is in evaluation; `training` means that model.eval() was forgotten. */
const batchNormRule =
  (input: string, epsilon: string): AtenRule =>
  (c) => {
    if (c.has("training") && c.flag("training")) {
      throw new OperatorError("batch norm is in training mode: call model.eval() before the export");
    }
    const parameters = ["weight", "bias", "running_mean", "running_var"].map((name) =>
      c.optionalTensor(name),
    );
    return batchNorm(c.builder, c.tensor(input), parameters, c.number(epsilon));
  };

const layerNormRule: AtenRule = (c) =>
  layerNorm(
    c.builder,
    c.tensor("input"),
    c.ints("normalized_shape").length,
    c.optionalTensor("weight"),
    c.optionalTensor("bias"),
    c.number("eps"),
  );

const groupNormRule: AtenRule = (c) => {
  const groups = c.int(c.has("num_groups") ? "num_groups" : "group");
  const [weight, bias] = [c.optionalTensor("weight"), c.optionalTensor("bias")];
  return groupNorm(c.builder, c.tensor("input"), groups, weight, bias, c.number("eps"));
};

const instanceNorm: AtenRule = (c) => {
  if (!c.flag("use_input_stats")) return batchNormRule("input", "eps")(c);
  const channels = c.shapeOf("input")[1] ?? 1;
  const [weight, bias] = [c.optionalTensor("weight"), c.optionalTensor("bias")];
  return groupNorm(c.builder, c.tensor("input"), channels, weight, bias, c.number("eps"));
};

/** Batch norm by the batch's own statistics: what instance norm decomposes into, all channels in one sample. */
const batchStatistics: AtenRule = (c) => {
  const [batch, channels] = c.shapeOf("input");
  if (batch !== 1)
    throw new OperatorError("batch norm is in training mode: call model.eval() before the export");
  const [weight, bias] = [c.optionalTensor("weight"), c.optionalTensor("bias")];
  return groupNorm(c.builder, c.tensor("input"), channels ?? 1, weight, bias, c.number("eps"));
};

const rmsNormRule: AtenRule = (c) => {
  const dims = c.ints("normalized_shape").length;
  const epsilon = c.has("eps") ? c.number("eps") : FLOAT32_EPSILON;
  return rmsNorm(c.builder, c.tensor("input"), dims, c.optionalTensor("weight"), epsilon);
};

/** float32's machine epsilon: what PyTorch's rms_norm takes when none is given. */
const FLOAT32_EPSILON = 2 ** -23;

export const reductionRules: AtenTable = {
  "aten.sum.default": over("sum"),
  "aten.sum.dim_IntList": over("sum"),
  "aten.mean.default": over("mean"),
  "aten.mean.dim": over("mean"),
  "aten.prod.default": over("prod"),
  "aten.prod.dim_int": over("prod"),
  "aten.amax.default": over("max"),
  "aten.amin.default": over("min"),
  "aten.max.default": over("max"),
  "aten.min.default": over("min"),
  "aten.max.dim": withIndex("max"),
  "aten.min.dim": withIndex("min"),
  "aten.argmax.default": (c) => arg(c, "max"),
  "aten.argmin.default": (c) => arg(c, "min"),
  "aten.any.default": ofTruth("max"),
  "aten.any.dim": ofTruth("max"),
  "aten.any.dims": ofTruth("max"),
  "aten.all.default": ofTruth("min"),
  "aten.all.dim": ofTruth("min"),
  "aten.topk.default": topK,
  "aten.sort.default": sort,
  "aten.sort.stable": sort,
  "aten.argsort.default": (c) => sort(c)[1],
  "aten.argsort.stable": (c) => sort(c)[1],
  "aten.msort.default": (c) => {
    const x = c.tensor("self");
    const k = c.shapeOf("self")[0];
    return mul(c.builder, c.builder.apply("topK", [mul(c.builder, x, -1)], { axis: 0, k }), -1);
  },
  "aten.median.default": (c) => median(c)[0],
  "aten.median.dim": median,
  "aten.kthvalue.default": (c) => ranked(c, c.tensor("self"), c.axis("dim", c.shapeOf("self")), c.int("k")),
  "aten.aminmax.default": (c) => [over("min")(c), over("max")(c)].flat(),
  "aten.count_nonzero.default": (c) =>
    reduce(c.builder, "sum", cast(c.builder, c.tensor("self"), "bool"), undefined, false),
  "aten.var.default": spread(false),
  "aten.std.default": spread(true),
  "aten.cumsum.default": (c) => c.builder.apply("cumSum", [source(c)], { axis: c.int("dim") }),
  "aten.var.dim": spread(false),
  "aten.var.correction": spread(false),
  "aten.std.dim": spread(true),
  "aten.std.correction": spread(true),
  "aten.logsumexp.default": (c) => logSumExp(c.builder, c.tensor("self"), dims(c), keep(c)),
  "aten.linalg_vector_norm.default": (c) =>
    vectorNorm(c.builder, c.tensor("self"), c.number("ord"), dims(c), keep(c)),
  "aten.norm.ScalarOpt_dim": (c) =>
    vectorNorm(c.builder, c.tensor("self"), c.has("p") ? c.number("p") : 2, dims(c), keep(c)),
  "aten.softmax.int": softmax("softmax"),
  "aten._softmax.default": softmax("softmax"),
  "aten._safe_softmax.default": (c) =>
    c.builder.apply("softmax", [source(c)], { axis: c.int("dim"), safe: true }),
  "aten.log_softmax.int": softmax("logSoftmax"),
  "aten._log_softmax.default": softmax("logSoftmax"),
  "aten.softmin.default": (c) =>
    c.builder.apply("softmax", [sub(c.builder, 0, source(c))], { axis: c.int("dim") }),
  "aten.batch_norm.default": batchNormRule("input", "eps"),
  "aten._native_batch_norm_legit_no_training.default": batchNormRule("input", "eps"),
  "aten._native_batch_norm_legit.no_stats": batchStatistics,
  "aten.layer_norm.default": layerNormRule,
  "aten.native_layer_norm.default": layerNormRule,
  "aten.group_norm.default": groupNormRule,
  "aten.native_group_norm.default": groupNormRule,
  "aten.instance_norm.default": instanceNorm,
  "aten.rms_norm.default": rmsNormRule,
  "aten._fused_rms_norm.default": rmsNormRule,
  "aten._weight_norm.default": (c) => weightNorm(c.builder, c.tensor("v"), c.tensor("g"), c.int("dim")),
};
