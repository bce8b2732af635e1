import { exp, log } from "../elementary/functions.js";

/** Shares below this count as this: an integer share of 0 is not impossible, but below half a step. */
const LEAST_SHARE = 2 ** -16;

/**
 * The mean of -log p(label), in nats a label: what a language model is trained on; its exponential is the perplexity.
 *
 * @param outputs one array a sample, of one row of `classes` numbers a label
 * @param shares whether the rows are shares (softmax) or the logarithms of them, up to a constant
 */
export function crossEntropy(
  outputs: readonly Float64Array[],
  labels: readonly Float64Array[],
  classes: number,
  shares: boolean,
): number {
  let [sum, count] = [0, 0];
  outputs.forEach((output, i) =>
    labels[i].forEach((label, r) => {
      const row = output.subarray(r * classes, (r + 1) * classes);
      sum -= shares ? log(Math.max(row[label], LEAST_SHARE)) : row[label] - logSumExp(row);
      count++;
    }),
  );
  return sum / count;
}

function logSumExp(row: Float64Array): number {
  const most = row.reduce((a, b) => Math.max(a, b));
  return most + log(row.reduce((sum, x) => sum + exp(x - most), 0));
}
