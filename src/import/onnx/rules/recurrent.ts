import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import {
  gruCell,
  lstmCell,
  rnnCell,
  unroll,
  type RecurrentCell,
  type CellWeights,
  type State,
} from "../../compose/recurrent.js";
import { select, slice, stack, swapAxes, sequence } from "../../compose/movement.js";
import type { OnnxCall } from "../call.js";
import type { OnnxRule, OnnxTable } from "./rule.js";

interface Family {
  readonly gates: number;
  readonly cell: (c: OnnxCall) => RecurrentCell;
  /** Numbers of the inputs that hold the initial states. */
  readonly initial: readonly number[];
  readonly activations: readonly string[];
}

const directionCounts: Readonly<Record<string, number>> = { forward: 1, reverse: 1, bidirectional: 2 };

/**
 * X, W [D, G·H, I], R [D, G·H, H], B [D, 2·G·H], sequence_lens, initial states [D, N, H].
 * Gives Y [T, D, N, H] and the last states [D, N, H]; with layout 1 the batch comes first in all of them.
 */
const unrolled =
  ({ gates, cell, initial, activations }: Family): OnnxRule =>
  (c) => {
    const b = c.builder;
    const direction = c.text("direction", "forward");
    const directions = Object.hasOwn(directionCounts, direction) ? directionCounts[direction] : 0;
    refuseRareForms(c, directions, activations);
    const batchFirst = c.int("layout", 0) === 1;
    const x = batchFirst ? swapAxes(b, c.input(0), 0, 1) : c.input(0);
    const runs = sequence(directions, (d) =>
      unroll(
        b,
        cell(c),
        x,
        initialState(c, initial, d, batchFirst, b.shapeOf(x)[1]),
        weightsOf(c, gates, d),
        direction === "reverse" || d === 1,
      ),
    );
    const steps = runs[0].outputs.map((_, t) =>
      stack(
        b,
        runs.map(({ outputs }) => outputs[t]),
        batchFirst ? 1 : 0,
      ),
    );
    const states = initial.map((_, part) =>
      stack(
        b,
        runs.map(({ state }) => state[part]),
        batchFirst ? 1 : 0,
      ),
    );
    return [stack(b, steps, batchFirst ? 1 : 0), ...states];
  };

function refuseRareForms(c: OnnxCall, directions: number, activations: readonly string[]): void {
  if (directions === 0) throw new OperatorError(`the direction "${c.text("direction")}" is not known`);
  const expected = sequence(directions, () => activations).flat();
  const given = c.strings("activations", expected);
  if (given.join().toLowerCase() !== expected.join().toLowerCase()) {
    throw new OperatorError(`the activations ${given.join(", ")} are not supported`);
  }
  if (c.hasAttribute("clip")) throw new OperatorError("clipped recurrent cells are not supported");
  if (c.int("input_forget", 0) === 1)
    throw new OperatorError("coupled input and forget gates are not supported");
  if (c.has(7)) throw new OperatorError("peephole weights are not supported");
  if (c.has(4)) {
    const length = c.shapeOf(0)[c.int("layout", 0) === 1 ? 1 : 0];
    if (c.constantInts(4).some((n) => n !== length))
      throw new OperatorError("sequences of unequal length are not supported");
  }
}

function weightsOf(c: OnnxCall, gates: number, direction: number): CellWeights {
  const b = c.builder;
  const [input, hidden] = [select(b, c.input(1), 0, direction), select(b, c.input(2), 0, direction)];
  if (!c.has(3)) return { input, hidden };
  const biases = select(b, c.input(3), 0, direction);
  const size = b.shapeOf(biases)[0] / 2;
  if (b.shapeOf(input)[0] !== size || size % gates !== 0)
    throw new OperatorError("the biases do not fit the gates");
  return {
    input,
    hidden,
    inputBias: slice(b, biases, 0, 0, size),
    hiddenBias: slice(b, biases, 0, size, 2 * size),
  };
}

function initialState(
  c: OnnxCall,
  inputs: readonly number[],
  direction: number,
  batchFirst: boolean,
  batch: number,
): State {
  const b = c.builder;
  const hidden = b.shapeOf(c.input(2))[2];
  return inputs.map((index): ValueId => {
    if (c.has(index)) return select(b, c.input(index), batchFirst ? 1 : 0, direction);
    return b.constant(
      { dtype: "float", shape: [batch, hidden], data: new Float64Array(batch * hidden) },
      "initial_state",
    );
  });
}

const rnn: OnnxRule = (c) => {
  const activation = c.strings("activations", ["Tanh"])[0];
  if (activation !== "Tanh" && activation !== "Relu") {
    throw new OperatorError(`the activation ${activation} is not supported`);
  }
  const cell = rnnCell(activation.toLowerCase());
  return unrolled({ gates: 1, cell: () => cell, initial: [5], activations: [activation] })(c);
};

export const recurrentRules: OnnxTable = {
  LSTM: unrolled({
    gates: 4,
    cell: () => lstmCell({ i: 0, o: 1, f: 2, g: 3 }),
    initial: [5, 6],
    activations: ["Sigmoid", "Tanh", "Tanh"],
  }),
  GRU: unrolled({
    gates: 3,
    cell: (c) => gruCell({ z: 0, r: 1, n: 2 }, c.int("linear_before_reset", 0) === 1),
    initial: [5],
    activations: ["Sigmoid", "Tanh"],
  }),
  RNN: rnn,
};
