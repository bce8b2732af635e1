import { int32s } from "./int32.js";
import type { TensorId } from "./operations/definition.js";
import { operandsOf } from "./operations/index.js";
import type { LinearOperation } from "./operations/linear.js";
import { decomposes, type RequantizeOperation } from "./operations/requantize.js";
import type { Program } from "./types.js";

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
