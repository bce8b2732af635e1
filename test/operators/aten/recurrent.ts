import { random, zeros, type AtenCase, type Arguments } from "./case.js";

/** Recurrent layers: two layers, two directions, and the states in and out. */
function recurrent(operator: string, gates: number, args: Arguments, projection = 0): AtenCase {
  const [features, hidden] = [3, 2];
  const layers = args.num_layers as number;
  const directions = args.bidirectional === true ? 2 : 1;
  const out = projection || hidden;
  const weights = Array.from({ length: layers * directions }, (_, cell) => [
    random([gates * hidden, cell < directions ? features : out * directions], 10 * cell),
    random([gates * hidden, out], 10 * cell + 1),
    random([gates * hidden], 10 * cell + 2),
    random([gates * hidden], 10 * cell + 3),
    ...(projection > 0 ? [random([projection, hidden], 10 * cell + 4)] : []),
  ]).flat();
  const states = operator.startsWith("lstm") ? ["%h", "%c"] : "%h";
  return {
    nodes: [
      [
        operator,
        {
          input: "%x",
          hx: states,
          params: weights.map((_, i) => `%w${i}`),
          has_biases: true,
          dropout: { float: 0 },
          train: false,
          bidirectional: false,
          batch_first: false,
          ...args,
        },
        ["y", "hn", "cn"].slice(0, operator.startsWith("lstm") ? 3 : 2),
      ],
    ],
    inputs: { x: zeros(args.batch_first === true ? [1, 4, features] : [4, 1, features]) },
    constants: {
      h: random([layers * directions, 1, out], 90),
      c: random([layers * directions, 1, hidden], 91),
      ...Object.fromEntries(weights.map((weight, i) => [`w${i}`, weight])),
    },
  };
}

export const recurrents: readonly [string, AtenCase][] = [
  ["lstm", recurrent("lstm.input", 4, { num_layers: 1, batch_first: true })],
  ["lstm, two layers in both directions", recurrent("lstm.input", 4, { num_layers: 2, bidirectional: true })],
  ["lstm with a projection", recurrent("lstm.input", 4, { num_layers: 1 }, 1)],
  ["gru, two layers", recurrent("gru.input", 3, { num_layers: 2, batch_first: true })],
  ["gru in both directions", recurrent("gru.input", 3, { num_layers: 1, bidirectional: true })],
  ["rnn, tanh", recurrent("rnn_tanh.input", 1, { num_layers: 2, bidirectional: true })],
  ["rnn, relu", recurrent("rnn_relu.input", 1, { num_layers: 1 })],
];
