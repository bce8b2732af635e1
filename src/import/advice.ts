/** What to do instead of operators that no circuit can follow, by what their names say. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /rand|bernoulli|multinomial|normal_|uniform_|Random|dropout|Bernoulli|Multinomial/,
    "it draws at random; make the random numbers an input of the model",
  ],
  [
    /nonzero|masked_select|unique|NonZero|Unique|NonMaxSuppression|nms|bincount/,
    "the shape of its result depends on the data; use torch.where with a mask of fixed shape",
  ],
  [
    /higher_order\.(cond|while_loop|map|scan)|^(If|Loop|Scan)$/,
    "its control flow depends on the data; compute both branches and choose with torch.where",
  ],
  [
    /_local_scalar_dense|\.item\./,
    "it takes a number out of a tensor, on which the program then depends; keep it a tensor",
  ],
  [/_loss|Loss$/, "a loss belongs to the training; export the model without it"],
  [/training\./, "it belongs to the training; export the model in evaluation"],
  [/higher_order/, "export with run_decompositions({}), which resolves it"],
  [/fft|stft|complex|polar/i, "complex numbers are not supported; use real arithmetic"],
  [
    /DynamicQuantize|choose_qparams/,
    "it takes its scale from the data; quantize with fixed scales (static), or export the float model",
  ],
  [
    /quantize|Quantize|QLinear|quantized/,
    "quantize with PT2E or torchao and export that, or as ONNX with QuantizeLinear and DequantizeLinear",
  ],
  [/as_strided/, "it depends on the memory layout; use view, slice or unfold in the model"],
  [
    /Sequence|Optional|String|Tokenizer|Regex|TfIdf|LabelEncoder|ImageDecoder/,
    "only tensors of numbers are supported",
  ],
];

/** Why an operator that no table knows is refused. */
export function adviceFor(operator: string): string {
  const known = advice.find(([pattern]) => pattern.test(operator));
  return known === undefined
    ? "there is no circuit for this operator"
    : `there is no circuit for this operator: ${known[1]}`;
}
