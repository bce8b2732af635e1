import type { Check } from "./findings.js";
import { operandsOf, type Operation, type OperationOf, type Program } from "./program.js";

/** Whether sizes, lists and operands of a program fit each other: without that, no element of it means anything. */
export function shapesFit(program: Program, check: Check): boolean {
  const { operations, inputs, outputs } = program;
  const own = operations.map((operation, tensor) => {
    const operands = operandsOf(operation);
    const earlier = operands.every((id) => id >= 0 && id < tensor);
    const read = earlier ? operands.map((id) => operations[id].size) : [];
    const fits = earlier && shapeFits(operation, read);
    return check("its sizes do not fit each other", fits, () => `operation ${tensor}, ${operation.name}`);
  });
  const declared = inputs.map(({ tensor }) => tensor).sort((a, b) => a - b);
  const made = operations.flatMap(({ kind }, tensor) => (kind === "input" ? [tensor] : []));
  const ends = [
    check("inputs that are not declared", String(declared) === String(made), () => `${declared} and ${made}`),
    check(
      "outputs that are not operations",
      outputs.length > 0 && outputs.every(({ tensor }) => operations[tensor] !== undefined),
      () => outputs.map(({ tensor }) => tensor).join(),
    ),
  ];
  return [...own, ...ends].every((fits) => fits);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const within = (values: readonly number[], least: number, end: number) =>
  values.every((value) => value >= least && value < end);
const isPowerOfTwo = (value: number) => value >= 2 && 2 ** (31 - Math.clz32(value)) === value;

/** @param read sizes of the operands */
function shapeFits(operation: Operation, read: readonly number[]): boolean {
  const { size } = operation;
  const n = sum(read);
  switch (operation.kind) {
    case "input":
      return operation.lo <= operation.hi;
    case "linear":
      return linearFits(operation, n);
    case "view":
      return operation.index.length === size && within(operation.index, -1, n);
    case "requantize": {
      const { blocks, shift, lo, hi } = operation;
      return (
        n === size &&
        size % blocks === 0 &&
        shift.length === blocks &&
        within(shift, 0, 200) &&
        (hi === null || (lo !== null && lo <= hi))
      );
    }
    case "max": {
      const { index, window } = operation;
      const windows = Array.from({ length: size }, (_, i) => index.slice(i * window, (i + 1) * window));
      return (
        index.length === size * window && windows.every((row) => Math.max(...row) >= 0 && within(row, -1, n))
      );
    }
    case "activate":
      return n === size && isPowerOfTwo(operation.table.length) && operation.shift <= 200;
    case "argmax":
      return n === size * operation.classes;
    case "topk": {
      const { row, k } = operation;
      return n % row === 0 && k <= row && size === (n / row) * 2 * k;
    }
    case "reciprocal":
      return n === size && operation.numerator <= 250;
    case "product":
      return read[0] === size && read[1] === size;
    case "matmul": {
      const { batch, rows, inner, columns, shift, causal } = operation;
      return (
        read[0] === batch * rows * inner &&
        read[1] === batch * inner * columns &&
        size === batch * rows * columns &&
        shift <= 200 &&
        (!causal || rows <= columns)
      );
    }
    case "lookup":
      return operation.table.length % operation.width === 0 && size === n * operation.width;
    case "softmax": {
      const { rows, table, numerator, fraction } = operation;
      return (
        n === size &&
        sum(rows) === size &&
        within(rows, 1, size + 1) &&
        isPowerOfTwo(table.length) &&
        fraction < numerator &&
        numerator <= 250
      );
    }
    case "normalize":
      return (
        n === size &&
        size % operation.row === 0 &&
        operation.drop < operation.rootBits &&
        operation.rootBits <= 60
      );
  }
}

function linearFits(operation: OperationOf<"linear">, n: number): boolean {
  const { size, channels, positions, taps, groups, weights, index, bias, secret } = operation;
  const published = secret === true && weights.length === 0 && bias.length === 0;
  return (
    size === channels * positions &&
    channels % groups === 0 &&
    index.length === groups * positions * taps &&
    within(index, -1, n) &&
    (published || (weights.length === channels * taps && (bias.length === channels || bias.length === size)))
  );
}
