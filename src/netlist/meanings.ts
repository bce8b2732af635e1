import type { ActivateOperation } from "../program/operations/activate.js";
import type { Operation } from "../program/operations/index.js";
import type { LinearOperation } from "../program/operations/linear.js";
import type { MatmulOperation } from "../program/operations/matmul.js";
import type { RequantizeOperation } from "../program/operations/requantize.js";

/** An operation that becomes an instance of a template. */
export type GadgetOperation = Exclude<Operation, { kind: "input" | "view" }>;

/** What an operation of each kind does, in words. */
const MEANINGS: {
  readonly [K in GadgetOperation["kind"]]: (
    operation: Extract<GadgetOperation, { kind: K }>,
    template: string,
  ) => string;
} = {
  linear: sums,
  requantize: requantization,
  max: ({ window }) => `the greatest of windows of ${window} elements`,
  activate: activation,
  argmax: ({ size, classes }) => `index of the greatest of each of ${size} rows of ${classes}`,
  topk: ({ size, row, k }) =>
    `the ${k} greatest of each of ${size / (2 * k)} rows of ${row}, and where they are`,
  product: () => "two operands multiplied element by element",
  reciprocal: ({ numerator }) => `2^${numerator} divided by every element`,
  matmul: product,
  lookup: ({ table, width }) => `rows of a table of ${table.length / width} x ${width}`,
  softmax: ({ rows, fraction }) => `softmax of ${rows.length} rows, 1.0 as 2^${fraction}`,
  normalize: ({ centered, row }) => `${centered ? "layer" : "RMS"} norm of rows of ${row}`,
};

/** What an operation does, for the comment above its component. @param template what it is an instance of */
export function meaningOf<O extends GadgetOperation>(operation: O, template: string): string {
  return (MEANINGS[operation.kind] as (operation: O, template: string) => string)(operation, template);
}

/** Which linear map it is shows in how many inputs it reads, and with what weights. */
function sums(operation: LinearOperation, template: string): string {
  const { channels, positions, taps, weights, secret } = operation;
  if (template === "Dense") return `${channels} weighted sums of ${taps} elements, with biases`;
  const many = `${channels} channels of ${positions} weighted sums, each of ${taps} elements`;
  if (secret) return `${many}, of private weights`;
  const hasBias = operation.bias.some((bias) => bias !== 0);
  const bias = hasBias ? " plus a bias" : "";
  const isOnes = weights.every((weight) => weight === 1);
  if (taps === 1 && isOnes) return hasBias ? "every element plus a bias" : "elements as they are";
  if (taps === 1 && channels === 1) return `every element times ${weights[0]}${bias}`;
  if (isOnes) return `sums of ${taps} elements${bias}`;
  if (taps === 2 && channels === 1) return `two elements mixed ${weights[0]} : ${weights[1]}${bias}`;
  return `${many}${bias}`;
}

function requantization({ shift, lo, hi }: RequantizeOperation): string {
  const rest = Number.isFinite(hi) ? `, saturated to [${lo}, ${hi}]` : lo === 0 ? ", ReLU" : "";
  return `${rounded(shift)}${rest}`;
}

function activation({ form, shift, base, table }: ActivateOperation): string {
  const read = `looked up in ${table.length} entries`;
  switch (form) {
    case "table":
      return `${rounded([shift])}, ${read}`;
    case "even":
      return `${rounded([shift])} to q, max(0, q) less |q| ${read}`;
    case "below":
      return `${rounded([shift])}, negative ones ${read}`;
    case "odd":
      return `${rounded([shift], " down")}, ${read}, odd about ${base}`;
  }
}

function product({ batch, rows, inner, columns, causal, shift }: MatmulOperation): string {
  const mask = causal ? " below the diagonal" : "";
  const shape = `product of ${rows} x ${inner} by ${inner} x ${columns}${mask}`;
  const rounding = shift === 0 ? "" : `, ${rounded([shift])}`;
  return `${batch === 1 ? "" : `${batch} times the `}${shape}${rounding}`;
}

/** `divided by 2^9 and rounded`, or `divided by 2^(7 to 9) and rounded` where blocks differ. */
function rounded(shifts: ArrayLike<number>, how = ""): string {
  const all = Array.from(shifts);
  const [lo, hi] = [Math.min(...all), Math.max(...all)];
  if (hi === 0) return "as they are";
  return `divided by 2^${lo === hi ? lo : `(${lo} to ${hi})`} and rounded${how}`;
}
