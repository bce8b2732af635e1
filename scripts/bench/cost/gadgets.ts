/** A circuit of one element: the file of its template, and the instance. */
export interface GadgetCall {
  readonly file: string;
  readonly call: string;
}

/** What one element takes in circomlib-ml and here, at the widths of the first channel of LeNet-5 with 8 bits. */
export const GADGETS: readonly {
  readonly element: string;
  readonly theirs: GadgetCall;
  readonly ours: GadgetCall;
}[] = [
  {
    element: "ReLU; here the requantization to 8 bits too",
    theirs: { file: "circomlib-ml/circuits/ReLU.circom", call: "ReLU()" },
    ours: { file: "torch2circom/circuits/requantize.circom", call: "RequantizeReLU(9, 8)" },
  },
  {
    element: "maximum of a window of four",
    theirs: { file: "circomlib-ml/circuits/MaxPooling2D.circom", call: "MaxPooling2D(2, 2, 1, 2, 2)" },
    ours: { file: "torch2circom/circuits/max.circom", call: "MaxOf(4, [17, 17, 18])" },
  },
];
