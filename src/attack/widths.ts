import type { LookupOperation, Operation, Program } from "../program/types.js";
import { activationInteger, type Bounds, linearForm, rangeOfForm, rounded, windowOf } from "./bounds.js";
import { type Constant, numbersOf } from "./templateArguments.js";

type Parameters = ReadonlyMap<string, Constant>;

/** A width of a component that its values can leave. */
export type Excess = string;

interface Context {
  readonly program: Program;
  readonly bounds: readonly Bounds[];
}

const span = (bits: number) => 1n << BigInt(bits);
const abs = (value: bigint) => (value < 0n ? -value : value);

/**
 * Compares the widths in a component's arguments with the bounds of what it gets.
 *
 * @returns what does not fit; undefined for a template whose widths this has no rule for
 */
export function excessOf(
  template: string,
  parameters: Parameters,
  operation: Operation,
  context: Context,
): Excess[] | undefined {
  const number = (name: string) => numbersOf(parameters.get(name))[0] ?? 0;
  switch (template) {
    case "Dense":
    case "Convolution":
    case "ProductLayer":
      return [];
    case "SecretLinear": {
      const half = span(number("S") - 1);
      const at = context.program.operations.indexOf(operation);
      return outside(
        context.bounds[at]!,
        () => [-half, half - 1n],
        (x) => x,
      );
    }
    case "LookupLayer":
      return operation.kind === "lookup" && number("V") * operation.width === operation.table.length
        ? []
        : [`the table of the circuit has ${number("V")} rows`];
    case "BinaryLookupLayer":
      return operation.kind === "lookup" ? entries(number, operation) : undefined;
    case "RequantizeLayer":
    case "RequantizeReLULayer":
    case "RequantizeClampLayer":
      return operation.kind === "requantize"
        ? requantized(template, parameters, operation, context)
        : undefined;
    case "TableLayer":
    case "EvenLayer":
    case "BelowLayer":
    case "OddLayer": {
      if (operation.kind !== "activate") return undefined;
      const top = span(number("k"));
      const [least, most] =
        template === "TableLayer"
          ? [BigInt(number("lo")), BigInt(number("lo")) + top - 1n]
          : [template === "EvenLayer" ? 1n - top : -top, top - 1n];
      return outside(
        context.bounds[operation.input]!,
        () => [least, most],
        (x) => activationInteger(operation, x),
      );
    }
    case "MatMulLayer": {
      if (operation.kind !== "matmul") return undefined;
      const lo = BigInt(number("lo"));
      const at = context.program.operations.indexOf(operation);
      return outside(
        context.bounds[at]!,
        () => [lo, lo + span(number("w")) - 1n],
        (x) => x,
      );
    }
    case "LayerNormLayer":
    case "RootMeanSquareNormLayer":
      if (operation.kind !== "normalize") return undefined;
      return outside(
        context.bounds[operation.input]!,
        () => [BigInt(number("lo")), BigInt(number("hi"))],
        (x) => x,
      );
    case "MaxLayer":
      return operation.kind === "max" ? matches(parameters, operation, context) : undefined;
    case "ArgMaxLayer":
    case "TopKLayer":
    case "SoftmaxLayer":
      return compared(template, parameters, operation, context);
    default:
      return undefined;
  }
}

/** Gadgets that compare the elements of each row with each other. */
function compared(
  template: string,
  parameters: Parameters,
  operation: Operation,
  context: Context,
): Excess[] | undefined {
  const number = (name: string) => numbersOf(parameters.get(name))[0] ?? 0;
  const rows = (count: number, length: number) => new Array<number>(count).fill(length);
  if (template === "ArgMaxLayer" && operation.kind === "argmax") {
    const { input, size, classes } = operation;
    return rowDifferences(input, rows(size, classes), span(number("d")), context);
  }
  if (template === "TopKLayer" && operation.kind === "topk") {
    return rowDifferences(operation.input, rows(number("n"), operation.row), span(number("d")), context);
  }
  if (template === "SoftmaxLayer" && operation.kind === "softmax") {
    const lengths = numbersOf(parameters.get("rows"));
    return rowDifferences(operation.input, lengths, span(number("b") + number("c")), context);
  }
  return undefined;
}

function requantized(
  template: string,
  parameters: Parameters,
  operation: Operation & { kind: "requantize" },
  { bounds }: Context,
): Excess[] {
  const list = (name: string) => numbersOf(parameters.get(name));
  const of = (name: string, i: number): number => {
    const values = list(name);
    return values[Math.floor((i * values.length) / operation.size)]!;
  };
  const shift = (x: bigint, i: number) => rounded(x, of("f", i));
  const x = bounds[operation.input]!;
  if (template === "RequantizeReLULayer")
    return outside(x, (i) => [1n - span(of("k", i)), span(of("k", i)) - 1n], shift);
  if (template === "RequantizeClampLayer") {
    const [c, lo] = [of("c", 0), BigInt(of("lo", 0))];
    return outside(
      x,
      (i) => [1n - span(of("m", i)), span(of("m", i)) - 1n],
      (value, i) => (shift(value, i) - lo) >> BigInt(c),
    );
  }
  // Where nothing is shifted away there is no decomposition.
  return outside(
    x,
    (i) => [BigInt(of("lo", i)), BigInt(of("lo", i)) + span(of("w", i)) - 1n],
    shift,
    (i) => of("f", i) > 0,
  );
}

/** Elements of which an end, mapped, leaves its range. */
function outside(
  { lo, hi }: Bounds,
  range: (i: number) => readonly [bigint, bigint],
  map: (x: bigint, i: number) => bigint,
  counts: (i: number) => boolean = () => true,
): Excess[] {
  return lo.flatMap((least, i) => {
    if (!counts(i)) return [];
    const [from, to] = range(i);
    const ends = [map(least, i), map(hi[i]!, i)] as const;
    return ends[0] < from || ends[1] > to
      ? [`element ${i} can be in [${ends[0]}, ${ends[1]}], and the circuit allows [${from}, ${to}]`]
      : [];
  });
}

/** A table's entries, of which each is packed in bits of its own. */
function entries(number: (name: string) => number, { table, width }: LookupOperation): Excess[] {
  const [lo, bits] = [number("lo"), number("b")];
  const rows =
    number("V") * width === table.length ? [] : [`the table of the circuit has ${number("V")} rows`];
  const wide = table.filter((entry) => entry < lo || BigInt(entry - lo) >= span(bits));
  return [...rows, ...Array.from(wide, (entry) => `an entry of ${entry} is not ${lo} and ${bits} bits`)];
}

/** The matches of a tournament in the order of circuits/max.circom. */
function matches(parameters: Parameters, operation: Operation & { kind: "max" }, context: Context): Excess[] {
  const { size, window, input } = operation;
  const bits = numbersOf(parameters.get("d"));
  const perBlock = window - 1;
  const blocks = bits.length / perBlock;
  const seeded = numbersOf(parameters.get("index"));
  const excess: Excess[] = [];
  for (let i = 0; i < size; i++) {
    const block = Math.floor((i * blocks) / size);
    // Who meets whom first is the circuit's choice; who plays is the program's.
    const order = seeded.slice(i * window, (i + 1) * window);
    if (String([...order].sort(ascending)) !== String(windowOf(operation, i).sort(ascending))) {
      excess.push(`window ${i} compares ${order.join(", ")}`);
      continue;
    }
    let players = order.map((element) => [element]);
    for (let match = 0; players.length > 1;) {
      const next: number[][] = [];
      for (let j = 0; j + 1 < players.length; j += 2, match++) {
        const [left, right] = [players[j]!, players[j + 1]!];
        const most = left.flatMap((a) => right.map((b) => difference(input, a, b, context)));
        const limit = span(bits[block * perBlock + match]!);
        if (most.some((value) => value >= limit))
          excess.push(
            `match ${match} of window ${i} can be decided by ${most.join(" or ")}, beyond ${limit}`,
          );
        next.push([...left, ...right]);
      }
      if (players.length % 2 === 1) next.push(players[players.length - 1]!);
      players = next;
    }
  }
  return excess;
}

function rowDifferences(input: number, rows: readonly number[], limit: bigint, context: Context): Excess[] {
  const excess: Excess[] = [];
  let start = 0;
  for (const length of rows) {
    for (let i = start; i < start + length; i++)
      for (let j = i + 1; j < start + length; j++) {
        const most = difference(input, i, j, context);
        if (most >= limit) excess.push(`elements ${i} and ${j} can differ by ${most}, beyond ${limit}`);
      }
    start += length;
  }
  return excess;
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** The greatest |x[i] - x[j]|; of two outputs of one linear layer by the linear form of their difference. */
function difference(tensor: number, i: number, j: number, context: Context): bigint {
  if (i === j) return 0n;
  const { program, bounds } = context;
  const operation = program.operations[tensor]!;
  if (operation.kind === "view" && operation.inputs.length === 1) {
    const [a, b] = [operation.index[i]!, operation.index[j]!];
    if (a >= 0 && b >= 0) return difference(operation.inputs[0]!, a, b, context);
  }
  if (operation.kind === "linear" && !operation.secret && operation.inputs.length === 1) {
    const [constant, form] = linearForm(operation, i);
    const [minus, other] = linearForm(operation, j);
    for (const [source, weight] of other) form.set(source, (form.get(source) ?? 0n) - weight);
    const [lo, hi] = rangeOfForm(constant - minus, form, bounds[operation.inputs[0]!]!);
    return abs(lo) > abs(hi) ? abs(lo) : abs(hi);
  }
  const { lo, hi } = bounds[tensor]!;
  const ends = [hi[i]! - lo[j]!, hi[j]! - lo[i]!] as const;
  return ends[0] > ends[1] ? ends[0] : ends[1];
}
