import { GraphBuilder } from "../../../src/graph/builder.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { PRECISION } from "../../helpers/models.js";
import { linear, MODES, type Hostile } from "./model.js";
import type { Modes } from "../recipe.js";

/** Names that mean something to Circom, to our circuits or to JavaScript, or nothing at all. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "signals of the circuit": [
    "output_0",
    "output_1",
    "salt",
    "binding",
    "bind",
    "commit",
    "challenge",
    "outputWords",
    "inputWords",
    "inputCommitment",
    "inputEvaluation",
    "inputChallenge",
    "outputCommitment",
    "commitOutputs",
    "encryptedWords",
    "encryptOutputs",
  ],
  "weights of the circuit": [
    "weights",
    "weightWords",
    "weightSalt",
    "weightCommitment",
    "words",
    "out",
    "in",
  ],
  "names that others are made of": [
    "x",
    "x_words",
    "x_words_words",
    "x_2",
    "x_",
    "x_words_2",
    "X",
    "i",
    "j",
    "n",
  ],
  "Circom's words": [
    "main",
    "signal",
    "input",
    "output",
    "component",
    "template",
    "var",
    "function",
    "return",
  ],
  "more of Circom's words": [
    "if",
    "else",
    "for",
    "while",
    "do",
    "log",
    "assert",
    "include",
    "pragma",
    "parallel",
    "bus",
  ],
  "templates and functions": [
    "Model",
    "Dense",
    "Pack",
    "PackChecked",
    "Bind",
    "Commit",
    "MatMul",
    "bits",
    "log2",
  ],
  "names that are alike": ["a.b", "a_b", "a b", "a-b", "a__b", "a.b.", ".a.b", "a..b", "a_b_2"],
  "names of no letters": ["1", "1.2", "_", "__", "-", " ", ".", "$", "0x1", "1e5"],
  "other scripts": ["größe", "输入", "вход", "é", "𝒳", "👍", "a\u0000b", "a\u202eb"],
  "ends of comments": ["a */ component", "/* a", "// a", 'a"b', "a\nb", "a;b", "a}b", "a\\", "a\r\nsignal z"],
  "names of objects": [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "length",
    "undefined",
    "null",
  ],
  "very long names": ["v".repeat(300), `${"v".repeat(300)}w`, "w.".repeat(200), "1".repeat(300)],
  "an empty name": ["", "a"],
};

/** A model with an input and a layer of each name; its output has the last of them with an ending. */
function named(names: readonly string[], modes: Partial<Modes>, suffix: string): Hostile {
  const b = new GraphBuilder();
  const inputs = names.map((name) => b.input(name, { dtype: "float", shape: [1, 2] }));
  const layers = inputs.map((x, i) => {
    b.module = names[i]!;
    return b.apply("linear", [x, b.constant(tensor("float", [2, 2], [1, 0.5, -0.5, 1]))], {}, names[i]);
  });
  const sum = layers.reduce((total, layer) => b.apply("add", [total, layer]));
  const graph = b.finish([{ name: `${names.at(-1)!}${suffix}`, id: linear(b, sum) }]);
  const sample = (value: number) =>
    new Map(graph.inputs.map(({ id, shape }) => [id, tensor("float", shape, [value, -value])]));
  return { graph, samples: [sample(1), sample(-0.5)], precision: PRECISION, modes: { ...MODES, ...modes } };
}

export const NAMED: Readonly<Record<string, () => Hostile>> = Object.fromEntries(
  Object.entries(NAMES).flatMap(([kind, names]) => [
    [kind, () => named(names, {}, "!")],
    ...(kind.includes("circuit") || kind.includes("made of")
      ? [
          [
            `${kind}, all of them in use`,
            () => named(names, { input: "evaluated", secretWeights: true }, "_"),
          ],
          [
            `${kind}, with committed outputs`,
            () => named(names, { input: "committed", output: "committed" }, "_"),
          ],
        ]
      : []),
  ]) as [string, () => Hostile][],
);
