import type { ValueId } from "../../../graph/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import {
  gruCell,
  lstmCell,
  recurrent,
  rnnCell,
  type RecurrentCell,
  type CellWeights,
  type State,
} from "../../compose/recurrent.js";
import { select, stack, swapAxes, sequence } from "../../compose/movement.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";

const lstm = lstmCell({ i: 0, f: 1, g: 2, o: 3 });
const gru = gruCell({ r: 0, z: 1, n: 2 }, true);

/** The cells' parameters out of the flat list: weights, biases where there are any, then the projection. */
function cellWeights(c: AtenCall, cells: number): CellWeights[] {
  const flat = c.tensors("params");
  const size = flat.length / cells;
  const biased = c.flag("has_biases");
  const plain = biased ? 4 : 2;
  if (size !== plain && size !== plain + 1) {
    throw new OperatorError(`${flat.length} parameters do not fit ${cells} recurrent cells`);
  }
  return sequence(cells, (i) => {
    const [input, hidden, ...rest] = flat.slice(i * size, (i + 1) * size) as [ValueId, ValueId, ...ValueId[]];
    return {
      input,
      hidden,
      ...(biased && { inputBias: rest[0], hiddenBias: rest[1] }),
      ...(size > plain && { projection: rest.at(-1) }),
    };
  });
}

/** lstm.input, gru.input and rnn_*.input: the sequence, then the last state of each part. */
const unrolled =
  (cell: RecurrentCell, initial: (c: AtenCall) => readonly ValueId[]): AtenRule =>
  (c) => {
    const b = c.builder;
    if (c.flag("train") && c.number("dropout") > 0) {
      throw new OperatorError("dropout is active: call model.eval() before the export");
    }
    const directions = c.flag("bidirectional") ? 2 : 1;
    const weights = cellWeights(c, c.int("num_layers") * directions);
    const batchFirst = c.flag("batch_first");
    const x = batchFirst ? swapAxes(b, c.tensor("input"), 0, 1) : c.tensor("input");
    const parts = initial(c);
    const states: State[] = weights.map((_, i) => parts.map((part) => select(b, part, 0, i)));
    const result = recurrent(b, cell, x, states, weights, directions);
    const output = batchFirst ? swapAxes(b, result.output, 0, 1) : result.output;
    const last = parts.map((_, p) =>
      stack(
        b,
        result.states.map((state) => state[p]),
        0,
      ),
    );
    return [output, ...last];
  };

/** One step by itself: nn.LSTMCell and its like. */
const single =
  (cell: RecurrentCell, state: (c: AtenCall) => State): AtenRule =>
  (c) =>
    cell(c.builder, c.tensor("input"), state(c), {
      input: c.tensor("w_ih"),
      hidden: c.tensor("w_hh"),
      inputBias: c.optionalTensor("b_ih"),
      hiddenBias: c.optionalTensor("b_hh"),
    });

const several = (c: AtenCall): readonly ValueId[] => c.tensors("hx");
const one = (c: AtenCall): readonly ValueId[] => [c.tensor("hx")];

export const recurrentRules: AtenTable = {
  "aten.lstm.input": unrolled(lstm, several),
  "aten.gru.input": unrolled(gru, one),
  "aten.rnn_tanh.input": unrolled(rnnCell("tanh"), one),
  "aten.rnn_relu.input": unrolled(rnnCell("relu"), one),
  "aten.lstm_cell.default": single(lstm, several),
  "aten.gru_cell.default": single(gru, one),
  "aten.rnn_tanh_cell.default": single(rnnCell("tanh"), one),
  "aten.rnn_relu_cell.default": single(rnnCell("relu"), one),
};
