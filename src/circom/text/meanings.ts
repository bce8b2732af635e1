import type { Argument, Component } from "../../netlist/types.js";

/** The arguments of a component, by name. */
interface Given {
  number(name: string): number;
  list(name: string): number[];
}

/** What an instance of each template does, in words. */
const MEANINGS: Readonly<Record<string, (given: Given) => string>> = {
  Dense: ({ number }) => `${number("outputs")} weighted sums of ${number("inputs")} elements, with biases`,
  Convolution: linear,
  SecretLinear: (given) => `${sums(given)}, of private weights`,
  RequantizeLayer: rounded,
  RequantizeReLULayer: (given) => `${rounded(given)}, ReLU`,
  RequantizeClampLayer: (given) => `${rounded(given)}, saturated to ${kept(given)}`,
  MaxLayer: ({ number }) => `the greatest of windows of ${number("window")} elements`,
  TableLayer: (given) => `${rounded(given)}, ${table(given)}`,
  EvenLayer: (given) => `${rounded(given)} to q, max(0, q) less |q| ${table(given)}`,
  BelowLayer: (given) => `${rounded(given)}, negative ones ${table(given)}`,
  OddLayer: (given) => `${floored(given)}, ${table(given)}, odd about ${given.number("center")}`,
  ArgMaxLayer: ({ number }) => `index of the greatest of ${rows(number)}`,
  TopKLayer: ({ number }) => `the ${number("kept")} greatest of ${rows(number)}, and where they are`,
  ProductLayer: () => "two operands multiplied element by element",
  ReciprocalLayer: ({ number }) => `2^${number("exponent")} divided by every element`,
  MatMulLayer: product,
  LookupLayer: lookup,
  BinaryLookupLayer: lookup,
  SoftmaxLayer: ({ number }) => `softmax of ${number("rows")} rows, 1.0 as 2^${number("fractionBits")}`,
  LayerNormLayer: ({ number }) => `layer norm of rows of ${number("columns")}`,
  RootMeanSquareNormLayer: ({ number }) => `RMS norm of rows of ${number("columns")}`,
};

export function meaningOf({ template, arguments: own }: Component): string {
  const value = (name: string): Argument => own.find((argument) => argument.name === name)!.value;
  const given: Given = {
    number: (name) => value(name) as number,
    list: (name) => [value(name)].flat(2),
  };
  return MEANINGS[template]?.(given) ?? template;
}

/** A linear map with public weights: which one it is shows in how many inputs it reads, and with what weights. */
function linear(given: Given): string {
  const taps = given.number("taps");
  const weights = given.list("weight");
  const hasBias = given.list("bias").some((bias) => bias !== 0);
  const bias = hasBias ? " plus a bias" : "";
  const isOnes = weights.every((weight) => weight === 1);
  if (taps === 1 && isOnes) return hasBias ? "every element plus a bias" : "elements as they are";
  if (taps === 1 && given.number("channels") === 1) return `every element times ${weights[0]}${bias}`;
  if (isOnes) return `sums of ${taps} elements${bias}`;
  if (taps === 2 && given.number("channels") === 1)
    return `two elements mixed ${weights[0]} : ${weights[1]}${bias}`;
  return `${sums(given)}${bias}`;
}

function sums({ number }: Given): string {
  const [channels, positions, taps] = ["channels", "positions", "taps"].map(number) as [
    number,
    number,
    number,
  ];
  return `${channels} channels of ${positions} weighted sums, each of ${taps} elements`;
}

/** `divided by 2^9 and rounded`. */
function rounded(given: Given): string {
  const by = shifts(given);
  return by === "0" ? "as they are" : `divided by 2^${by} and rounded`;
}

function floored(given: Given): string {
  const by = shifts(given);
  return by === "0" ? "as they are" : `divided by 2^${by} and rounded down`;
}

/** `9`, or `(7 to 9)` where blocks differ. */
function shifts({ list }: Given): string {
  const all = list("shift");
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? `${least}` : `(${least} to ${most})`;
}

function kept({ number }: Given): string {
  const least = number("least");
  return `[${least}, ${least + 2 ** number("keptBits") - 1}]`;
}

function table({ list }: Given): string {
  return `looked up in ${list("table").length} entries`;
}

function rows(number: Given["number"]): string {
  return `each of ${number("rows")} rows of ${number("columns")}`;
}

function product(given: Given): string {
  const { number } = given;
  const [batch, left, inner, right] = ["batch", "rows", "inner", "columns"].map(number) as [
    number,
    number,
    number,
    number,
  ];
  const mask = number("causal") === 1 ? " below the diagonal" : "";
  const shape = `product of ${left} x ${inner} by ${inner} x ${right}${mask}`;
  const rounding = number("shift") === 0 ? "" : `, ${rounded(given)}`;
  return `${batch === 1 ? "" : `${batch} times the `}${shape}${rounding}`;
}

function lookup({ number }: Given): string {
  return `rows of a table of ${number("rows")} x ${number("columns")}`;
}
