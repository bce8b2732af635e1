import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import { add, mul, sub } from "./arithmetic.js";
import { select, slice, stack, concat, sequence } from "./movement.js";

/** Recurrent layers, unrolled for the length that the model was exported with. */

/** One cell's parameters: input [G·H, I] and hidden [G·H, H] weights for G gates, and their biases [G·H]. */
export interface CellWeights {
  readonly input: ValueId;
  readonly hidden: ValueId;
  readonly inputBias?: ValueId;
  readonly hiddenBias?: ValueId;
  /** LSTM with proj_size: [P, H], applied to the hidden state. */
  readonly projection?: ValueId;
}

/** The state that a cell hands on: h, and for LSTM also c; each [N, H]. */
export type State = readonly ValueId[];

/** One step: the input [N, I] and the state before it give the state after it. Its first part is the output. */
export type RecurrentCell = (b: GraphBuilder, x: ValueId, state: State, weights: CellWeights) => State;

function linear(b: GraphBuilder, x: ValueId, weight: ValueId, bias?: ValueId): ValueId {
  return b.apply("linear", bias === undefined ? [x, weight] : [x, weight, bias]);
}

/** The columns of one gate in [N, G·H]. */
function gate(b: GraphBuilder, gates: ValueId, size: number, index: number): ValueId {
  return slice(b, gates, 1, index * size, (index + 1) * size);
}

/** LSTM; `order` says at which place each format keeps the input, forget, cell and output gates. */
export function lstmCell(order: { i: number; f: number; g: number; o: number }): RecurrentCell {
  return (b, x, [h, c], w) => {
    const gates = add(b, linear(b, x, w.input, w.inputBias), linear(b, h, w.hidden, w.hiddenBias));
    const size = b.shapeOf(gates)[1] / 4;
    const squash = (op: string, index: number): ValueId => b.apply(op, [gate(b, gates, size, index)]);
    const kept = mul(b, squash("sigmoid", order.f), c);
    const cell = add(b, kept, mul(b, squash("sigmoid", order.i), squash("tanh", order.g)));
    const hidden = mul(b, squash("sigmoid", order.o), b.apply("tanh", [cell]));
    return [w.projection === undefined ? hidden : linear(b, hidden, w.projection), cell];
  };
}

/**
 * GRU; `order` gives the places of the reset, update and new gates. `resetAfter` (PyTorch) multiplies the reset gate
 * into the hidden part of the new gate, otherwise into the hidden state before it.
 */
export function gruCell(order: { r: number; z: number; n: number }, resetAfter: boolean): RecurrentCell {
  return (b, x, [h], w) => {
    const fromInput = linear(b, x, w.input, w.inputBias);
    const fromHidden = linear(b, h, w.hidden, w.hiddenBias);
    const size = b.shapeOf(fromInput)[1] / 3;
    const both = (index: number): ValueId =>
      add(b, gate(b, fromInput, size, index), gate(b, fromHidden, size, index));
    const reset = b.apply("sigmoid", [both(order.r)]);
    const update = b.apply("sigmoid", [both(order.z)]);
    const hidden = resetAfter
      ? mul(b, reset, gate(b, fromHidden, size, order.n))
      : resetBefore(b, mul(b, reset, h), w, size, order.n);
    const fresh = b.apply("tanh", [add(b, gate(b, fromInput, size, order.n), hidden)]);
    // (1 - z)·n + z·h, with one product.
    return [add(b, fresh, mul(b, update, sub(b, h, fresh)))];
  };
}

function resetBefore(b: GraphBuilder, state: ValueId, w: CellWeights, size: number, index: number): ValueId {
  const weight = slice(b, w.hidden, 0, index * size, (index + 1) * size);
  const bias =
    w.hiddenBias === undefined ? undefined : slice(b, w.hiddenBias, 0, index * size, (index + 1) * size);
  return linear(b, state, weight, bias);
}

/** The plain recurrent cell, with "tanh" or "relu". */
export function rnnCell(activation: string): RecurrentCell {
  return (b, x, [h], w) => [
    b.apply(activation, [add(b, linear(b, x, w.input, w.inputBias), linear(b, h, w.hidden, w.hiddenBias))]),
  ];
}

/** Runs one direction of one layer over x [T, N, I]. Outputs are in the order of time. */
export function unroll(
  b: GraphBuilder,
  cell: RecurrentCell,
  x: ValueId,
  initial: State,
  weights: CellWeights,
  backwards: boolean,
): { outputs: ValueId[]; state: State } {
  const steps = sequence(b.shapeOf(x)[0], (t) => t);
  const outputs: ValueId[] = [];
  let state = initial;
  for (const t of backwards ? steps.reverse() : steps) {
    state = cell(b, select(b, x, 0, t), state, weights);
    outputs[t] = state[0]!;
  }
  return { outputs, state };
}

/**
 * Stacked layers, each with one or two directions, over x [T, N, I]. `initial` and the returned states have one entry
 * for each layer and direction; so do the weights.
 */
export function recurrent(
  b: GraphBuilder,
  cell: RecurrentCell,
  x: ValueId,
  initial: readonly State[],
  weights: readonly CellWeights[],
  directions: number,
): { output: ValueId; states: State[] } {
  const states: State[] = [];
  let current = x;
  for (let first = 0; first < weights.length; first += directions) {
    const runs = sequence(directions, (d) =>
      unroll(b, cell, current, initial[first + d], weights[first + d], d === 1),
    );
    states.push(...runs.map(({ state }) => state));
    const steps = runs[0].outputs.map((_, t) =>
      concat(
        b,
        runs.map(({ outputs }) => outputs[t]),
        1,
      ),
    );
    current = stack(b, steps, 0);
  }
  return { output: current, states };
}
