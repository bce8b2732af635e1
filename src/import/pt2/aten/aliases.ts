/** Operators that are others under a second name, with the same arguments. */
const pairs =
  "absolute.default=abs.default negative.default=neg.default clip.default=clamp.default clip.Tensor=clamp.Tensor " +
  "divide.Tensor_mode=div.Tensor_mode divide.Scalar_mode=div.Scalar_mode subtract.Tensor=sub.Tensor " +
  "subtract.Scalar=sub.Scalar greater.Tensor=gt.Tensor greater.Scalar=gt.Scalar less.Tensor=lt.Tensor " +
  "less.Scalar=lt.Scalar greater_equal.Tensor=ge.Tensor greater_equal.Scalar=ge.Scalar " +
  "less_equal.Tensor=le.Tensor less_equal.Scalar=le.Scalar not_equal.Tensor=ne.Tensor " +
  "not_equal.Scalar=ne.Scalar arctan2.default=atan2.default __xor__.Tensor=bitwise_xor.Tensor " +
  "__xor__.Scalar=bitwise_xor.Scalar special_expit.default=sigmoid.default special_erf.default=erf.default " +
  "special_exp2.default=exp2.default special_expm1.default=expm1.default special_log1p.default=log1p.default " +
  "special_log_softmax.default=log_softmax.int special_softmax.default=softmax.int " +
  "special_logit.default=logit.default special_logsumexp.default=logsumexp.default " +
  "special_round.default=round.default special_sinc.default=sinc.default special_xlogy.default=xlogy.Tensor " +
  "special_xlogy.other_scalar=xlogy.Scalar_Other linalg_matmul.default=matmul.default " +
  "ger.default=outer.default det.default=linalg_det.default matrix_power.default=linalg_matrix_power.default " +
  "moveaxis.int=movedim.int moveaxis.intlist=movedim.intlist adjoint.default=mT.default mH.default=mT.default " +
  "row_stack.default=vstack.default trapz.dx=trapezoid.dx trapz.x=trapezoid.x " +
  "unsafe_split.Tensor=split.Tensor unsafe_split_with_sizes.default=split_with_sizes.default " +
  "unsafe_chunk.default=chunk.default real.default=positive.default conj.default=positive.default " +
  "_conj.default=positive.default conj_physical.default=positive.default _conj_physical.default=positive.default " +
  "resolve_neg.default=positive.default native_batch_norm.default=batch_norm.default " +
  "_native_batch_norm_legit.default=batch_norm.default feature_alpha_dropout.default=dropout.default " +
  "alpha_dropout.default=dropout.default view_copy.default=view.default permute_copy.default=permute.default " +
  "transpose_copy.int=transpose.int t_copy.default=t.default select_copy.int=select.int " +
  "slice_copy.Tensor=slice.Tensor squeeze_copy.default=squeeze.default squeeze_copy.dim=squeeze.dim " +
  "squeeze_copy.dims=squeeze.dims unsqueeze_copy.default=unsqueeze.default expand_copy.default=expand.default " +
  "alias_copy.default=alias.default detach_copy.default=detach.default diagonal_copy.default=diagonal.default " +
  "unbind_copy.int=unbind.int split_copy.Tensor=split.Tensor unfold_copy.default=unfold.default " +
  "narrow_copy.default=narrow.default _reshape_alias.default=view.default _reshape_copy.default=view.default " +
  "_upsample_nearest_exact1d.default=_upsample_nearest_exact1d.vec " +
  "_upsample_nearest_exact2d.default=_upsample_nearest_exact2d.vec " +
  "_upsample_nearest_exact3d.default=_upsample_nearest_exact3d.vec " +
  "index_fill.int_Tensor=index_fill.int_Scalar _unsafe_index_put.default=index_put.default";

/** The name under which the tables have an operator, by its second name. */
export const aliases: ReadonlyMap<string, string> = new Map(
  pairs.split(" ").map((pair) => {
    const [alias, name] = pair.split("=") as [string, string];
    return [`aten.${alias}`, `aten.${name}`];
  }),
);

/** The name under which the tables have an operator. */
export function canonicalName(operator: string): string {
  return aliases.get(operator) ?? operator;
}
