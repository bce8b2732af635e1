import { activationAt, activationIndex } from "./activation.js";
import { exponential, layerNorm, reciprocal, scaleRow, shiftRound, softmax, topK } from "./arithmetic.js";
import type {
  ArgmaxOperation,
  LinearOperation,
  LookupOperation,
  MatmulOperation,
  MaxOperation,
  NormalizeOperation,
  Operation,
  Program,
  RequantizeOperation,
  SoftmaxOperation,
  TensorId,
  TopKOperation,
} from "./types.js";

/**
 * Runs a program on integers. All values are integers in Float64Array; `checkedIntervals` has shown at build time
 * that none reaches 2^53, so every sum and product here is exact.
 *
 * @param inputs one array a program input, in order, within the declared domain (else a RangeError)
 * @returns the values of every operation, by number
 */
export function execute(program: Program, inputs: readonly Float64Array[]): Float64Array[] {
  const values: Float64Array[] = [];
  let nextInput = 0;
  for (const operation of program.operations) {
    values.push(
      operation.kind === "input" ? checkInput(operation, inputs[nextInput++]) : apply(operation, values),
    );
  }
  return values;
}

function checkInput(operation: Operation & { kind: "input" }, input: Float64Array): Float64Array {
  if (input.length !== operation.size) {
    throw new RangeError(`input ${operation.name} has ${input.length} elements, not ${operation.size}`);
  }
  const outside = input.findIndex((q) => !(Number.isInteger(q) && q >= operation.lo && q <= operation.hi));
  if (outside >= 0) {
    throw new RangeError(
      `input ${operation.name}[${outside}] = ${input[outside]} is outside [${operation.lo}, ${operation.hi}]`,
    );
  }
  return input;
}

function apply(
  operation: Exclude<Operation, { kind: "input" }>,
  values: readonly Float64Array[],
): Float64Array {
  switch (operation.kind) {
    case "linear":
      return linear(operation, concatenate(operation.inputs, values));
    case "view": {
      const x = concatenate(operation.inputs, values);
      return Float64Array.from(operation.index, (i) => (i < 0 ? 0 : x[i]));
    }
    case "requantize":
      return requantize(operation, values[operation.input]);
    case "max":
      return windowMax(operation, values[operation.input]);
    case "activate":
      return values[operation.input].map((x) => activationAt(operation, activationIndex(operation, x)));
    case "argmax":
      return argmax(operation, values[operation.input]);
    case "topk":
      return greatest(operation, values[operation.input]);
    case "product":
      // Integers have one zero: adding 0 makes a negative one positive.
      return values[operation.inputs[0]].map((a, i) => a * values[operation.inputs[1]][i] + 0);
    case "reciprocal":
      return values[operation.input].map((x) => reciprocal(operation.numerator, x));
    case "matmul":
      return matmul(operation, values[operation.inputs[0]], values[operation.inputs[1]]);
    case "lookup":
      return chooseRows(operation, values[operation.input]);
    case "softmax":
      return softmaxRows(operation, values[operation.input]);
    case "normalize":
      return normalizeRows(operation, values[operation.input]);
  }
}

export { shiftRound } from "./arithmetic.js";

/** The operands one after the other, without a copy where there is only one. */
export function concatenate(ids: readonly TensorId[], values: readonly Float64Array[]): Float64Array {
  if (ids.length === 1) return values[ids[0]];
  const parts = ids.map((id) => values[id]);
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function linear(operation: LinearOperation, x: Float64Array): Float64Array {
  const { channels, positions, taps, groups, weights, index, bias } = operation;
  const out = new Float64Array(channels * positions);
  const perPosition = bias.length !== channels;
  for (let c = 0; c < channels; c++) {
    const group = Math.floor((c * groups) / channels);
    for (let p = 0; p < positions; p++) {
      let sum = bias[perPosition ? c * positions + p : c];
      const at = (group * positions + p) * taps;
      for (let k = 0; k < taps; k++) {
        const i = index[at + k];
        if (i >= 0) sum += weights[c * taps + k] * x[i];
      }
      out[c * positions + p] = sum;
    }
  }
  return out;
}

function requantize(operation: RequantizeOperation, x: Float64Array): Float64Array {
  const block = operation.size / operation.blocks;
  return x.map((value, i) => {
    const q = shiftRound(value, operation.shift[Math.floor(i / block)]);
    return Math.min(Math.max(q, operation.min), operation.max);
  });
}

function windowMax(operation: MaxOperation, x: Float64Array): Float64Array {
  const { size, window, index } = operation;
  const out = new Float64Array(size).fill(-Infinity);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < window; j++) {
      const at = index[i * window + j];
      if (at >= 0 && x[at] > out[i]) out[i] = x[at];
    }
  }
  return out;
}

function argmax(operation: ArgmaxOperation, x: Float64Array): Float64Array {
  const { size, classes } = operation;
  return Float64Array.from({ length: size }, (_, i) => {
    let best = 0;
    for (let j = 1; j < classes; j++) if (x[i * classes + j] > x[i * classes + best]) best = j;
    return best;
  });
}

function greatest({ row, k }: TopKOperation, x: Float64Array): Float64Array {
  const out = new Float64Array((x.length / row) * 2 * k);
  for (let start = 0, at = 0; start < x.length; start += row, at += 2 * k) {
    const { value, index } = topK(Array.from(x.subarray(start, start + row)), k);
    out.set(value, at);
    out.set(index, at + k);
  }
  return out;
}

function matmul(
  { batch, rows, inner, columns, shift, causal, size }: MatmulOperation,
  a: Float64Array,
  b: Float64Array,
): Float64Array {
  const out = new Float64Array(size);
  for (let n = 0; n < batch; n++) {
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < inner; k++) {
        const factor = a[(n * rows + r) * inner + k];
        const seen = causal ? r + 1 + columns - rows : columns;
        for (let c = 0; c < seen; c++) {
          out[(n * rows + r) * columns + c] += factor * b[(n * inner + k) * columns + c];
        }
      }
    }
  }
  return out.map((sum) => shiftRound(sum, shift));
}

function chooseRows({ width, table, size }: LookupOperation, x: Float64Array): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => table[x[Math.floor(i / width)] * width + (i % width)]);
}

function softmaxRows(
  { rows, table, numerator, fraction, size }: SoftmaxOperation,
  x: Float64Array,
): Float64Array {
  const out = new Float64Array(size);
  let start = 0;
  for (const length of rows) {
    const row = Array.from(x.subarray(start, start + length));
    out.set(
      softmax(row, (below) => exponential(below, table), numerator, fraction),
      start,
    );
    start += length;
  }
  return out;
}

function normalizeRows(operation: NormalizeOperation, x: Float64Array): Float64Array {
  const { row, centered, meanBits, epsilon, rootBits, drop, size } = operation;
  const parameters = { epsilon, t: rootBits, g: drop };
  const out = new Float64Array(size);
  for (let start = 0; start < size; start += row) {
    const values = Array.from(x.subarray(start, start + row));
    out.set(centered ? layerNorm(values, meanBits, parameters) : scaleRow(values, parameters), start);
  }
  return out;
}
