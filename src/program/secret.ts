import { bitLength, shiftRound } from "./arithmetic.js";
import {
  type Intervals,
  operandsOf,
  type LinearOperation,
  type Program,
  type RequantizeOperation,
  type TensorId,
} from "./types.js";
import { int32s } from "./int32.js";

/**
 * Programs whose weights are the prover's secret. Whoever proves chooses the weights that a circuit is given, and the
 * commitment only fixes them; so nothing here may be taken for granted of an accumulator but what a constraint shows.
 */

/** The weights and biases of a program's secret layers, by operation, in order. */
export interface SecretWeights {
  readonly weights: readonly number[];
  readonly bias: readonly number[];
}

/**
 * Who keeps the sums of a secret layer in range: the layer's own check, to which numbers of whole bits are in range
 * whatever the weights are; or the requantization that takes them, which has no witness for a sum beyond its width.
 * Undefined while the program is being made.
 */
export type SecretRange = "by itself" | "by consumer";

/** The intervals of a secret layer: all elements have one, which tells no more of the weights than it must. */
export function secretIntervals({ lo, hi }: Intervals, held?: SecretRange): Intervals {
  const least = lo.reduce((a, b) => Math.min(a, b));
  const most = hi.reduce((a, b) => Math.max(a, b));
  const half = 2 ** bitLength(Math.max(most, -1 - least, 1));
  const honest = held === "by consumer";
  return {
    lo: new Float64Array(lo.length).fill(honest ? least : -half),
    hi: new Float64Array(hi.length).fill(honest ? most : half - 1),
    honest: { least, most },
  };
}

/**
 * The intervals of a requantization of secret sums. The one that keeps them in range has all that its decomposition
 * can hold (see requantizeGadget), since weights that are not honest reach it. Before it is known which does, both.
 *
 * @param bounds by interval arithmetic, from all that the sums can be
 */
export function secretRequantized(
  operation: RequantizeOperation,
  { least, most }: NonNullable<Intervals["honest"]>,
  bounds: Intervals,
  held?: SecretRange,
): Intervals {
  if (held === "by itself" || !decomposes(operation)) return bounds;
  const { size, blocks, shift, min, max } = operation;
  const lo = new Float64Array(size);
  const hi = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const f = shift[Math.floor((i * blocks) / size)];
    const [from, to] = [shiftRound(least, f), shiftRound(most, f)];
    if (Number.isFinite(max)) [lo[i], hi[i]] = [min, max];
    else if (min === 0) [lo[i], hi[i]] = [0, 2 ** Math.max(1, bitLength(Math.max(to, -from))) - 1];
    else [lo[i], hi[i]] = [from, from + 2 ** bitLength(to - from) - 1];
  }
  if (held === "by consumer") return { lo, hi };
  return {
    lo: lo.map((value, i) => Math.min(value, bounds.lo[i])),
    hi: hi.map((value, i) => Math.max(value, bounds.hi[i])),
  };
}

/**
 * For each secret layer whose every element goes into one requantization and nowhere else, that requantization: its
 * decomposition bounds what it takes, so that the layer needs no range check of its own.
 */
export function rangeEnforcers(program: Program): {
  readonly layers: ReadonlyMap<TensorId, RequantizeOperation>;
  readonly requantizations: ReadonlySet<TensorId>;
} {
  const layers = new Map<TensorId, RequantizeOperation>();
  const requantizations = new Set<TensorId>();
  const consumers = new Map<TensorId, number[]>();
  program.operations.forEach((operation, reader) => {
    for (const id of operandsOf(operation)) consumers.set(id, [...(consumers.get(id) ?? []), reader]);
  });
  const shown = new Set(program.outputs.map(({ tensor }) => tensor));
  const follow = (tensor: TensorId): TensorId | undefined => {
    const [reader, ...others] = consumers.get(tensor) ?? [];
    if (reader === undefined || others.length > 0 || shown.has(tensor)) return undefined;
    const operation = program.operations[reader];
    if (operation.kind === "requantize") return decomposes(operation) ? reader : undefined;
    if (operation.kind !== "view" || operation.inputs.length > 1 || operation.index.includes(-1))
      return undefined;
    return new Set(operation.index).size === program.operations[tensor].size ? follow(reader) : undefined;
  };
  program.operations.forEach((operation, tensor) => {
    if (operation.kind !== "linear" || !operation.secret) return;
    const enforcer = follow(tensor);
    if (enforcer === undefined) return;
    requantizations.add(enforcer);
    layers.set(tensor, program.operations[enforcer] as RequantizeOperation);
  });
  return { layers, requantizations };
}

/** Whether a requantization looks at every bit of every element: without ReLU, saturation or shift it does not. */
function decomposes({ shift, min, max }: RequantizeOperation): boolean {
  return min === 0 || Number.isFinite(max) || shift.every((f) => f > 0);
}

/** What is published of a program: secret weights and biases left out. */
export function withoutSecrets(program: Program): Program {
  return mapSecrets(program, (operation) => ({
    ...operation,
    weights: new Int32Array(0),
    bias: new Float64Array(0),
  }));
}

/** The secret weights of a program, layer by layer. */
export function secretsOf(program: Program): SecretWeights[] {
  const secrets: SecretWeights[] = [];
  mapSecrets(program, (operation) => {
    secrets.push({ weights: Array.from(operation.weights), bias: Array.from(operation.bias) });
    return operation;
  });
  return secrets;
}

/** A published program with its secrets again. @throws RangeError where they are not those of its layers */
export function withSecrets(program: Program, secrets: readonly SecretWeights[]): Program {
  let next = 0;
  const whole = mapSecrets(program, (operation) => {
    const { weights, bias } = secrets[next++] ?? { weights: [], bias: [] };
    const { channels, taps, size } = operation;
    if (weights.length !== channels * taps || (bias.length !== channels && bias.length !== size))
      throw new RangeError(`the secret weights of ${operation.name} are not those of this program`);
    return { ...operation, weights: int32s(weights, "a secret weight"), bias: Float64Array.from(bias) };
  });
  if (next !== secrets.length)
    throw new RangeError("there are secret weights of more layers than the program has");
  return whole;
}

function mapSecrets(program: Program, change: (operation: LinearOperation) => LinearOperation): Program {
  const operations = program.operations.map((operation) =>
    operation.kind === "linear" && operation.secret ? change(operation) : operation,
  );
  return { ...program, operations };
}
