import type { Graph, ValueId } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import { execute } from "../program/execute.js";
import type { Program } from "../program/types.js";
import { crossEntropy } from "./crossEntropy.js";
import { fidelityOf, type OutputFidelity } from "./fidelity.js";
import { dequantizeOutput, quantizeInputs } from "./inputs.js";
import { decisionsOf } from "./decisions.js";
import type { Labels } from "./labels.js";
import { square } from "../elementary/functions.js";

/** How well the float model and the integer program do on samples, and how far they are apart. */
export interface Evaluation {
  readonly samples: number;
  /** What the scores are: accuracy of the argmax for integer labels, mean squared error for real ones. */
  readonly metric: "accuracy" | "mse" | null;
  readonly floatScore: number | null;
  readonly integerScore: number | null;
  /**
   * For integer labels over classes: the mean of -log p(label) of each model, in nats, by which language models are
   * measured. Its exponential is the perplexity.
   */
  readonly crossEntropy?: { readonly float: number; readonly integer: number };
  /**
   * Float against integer: the share of samples with the same decision, or with one that the float model leaves open;
   * where outputs are not decisions, 1 - |difference| / |float output| in the root of the mean square.
   */
  readonly agreement: number;
  /** Greatest difference of the float outputs here to the reference outputs; null without reference. */
  readonly maxAbsFloatError: number | null;
  /** Greatest difference of the integer outputs' real values to the float outputs here. */
  readonly maxAbsIntegerError: number;
  /** How far the values of each output are from the float model's, whatever decisions are made of them. */
  readonly outputs: readonly OutputFidelity[];
}

export interface EvaluationInput {
  readonly graph: Graph;
  /** A program whose outputs are values, not argmax. */
  readonly program: Program;
  readonly samples: readonly ReadonlyMap<ValueId, Tensor>[];
  /** The float outputs a sample, in the order of the graph's. */
  readonly floats: readonly (readonly Tensor[])[];
  readonly labels?: Labels;
  /** Reference outputs by output name, one per sample. */
  readonly references?: ReadonlyMap<string, readonly Tensor[]>;
}

/** Runs the integer program on every sample and compares. Scores are of the first output. */
export function compareWithFloats({
  graph,
  program,
  samples,
  floats,
  labels,
  references,
}: EvaluationInput): Evaluation {
  const integers = integerOutputs(program, samples);
  const { classes, last, decide, decisions } = decisionsOf(graph, labels);
  const first = (outputs: readonly (readonly Tensor[])[]) => outputs.map((o) => o[0].data);
  const floatRows = first(floats);
  const integerRows = integers.map((o) => o[0]);
  const score = (rows: readonly Float64Array[]): number | null => {
    if (labels === undefined) return null;
    if (labels.dtype === "float") return meanSquare(rows, labels.rows);
    return matches(rows.map(decide), labels.rows);
  };
  const entropy = (rows: readonly Float64Array[]) =>
    crossEntropy(rows, labels?.rows ?? [], classes ?? 1, last === "softmax");
  return {
    samples: samples.length,
    metric: labels === undefined ? null : labels.dtype === "int" ? "accuracy" : "mse",
    floatScore: score(floatRows),
    integerScore: score(integerRows),
    ...(labels?.dtype === "int" && (classes ?? 1) > 1 && last !== "sigmoid"
      ? { crossEntropy: { float: entropy(floatRows), integer: entropy(integerRows) } }
      : {}),
    agreement: decisions
      ? agreementOf(integerRows.map(decide), floatRows.map(decide), floatRows)
      : 1 - Math.sqrt(meanSquare(integerRows, floatRows) / (meanSquare(floatRows) || 1)),
    maxAbsFloatError:
      references === undefined
        ? null
        : greatest(
            graph.outputs.flatMap(({ id }, o) =>
              (references.get(id) ?? []).map((reference, i) => distance(floats[i][o].data, reference.data)),
            ),
          ),
    maxAbsIntegerError: greatest(
      floats.flatMap((row, i) => row.map((tensor, o) => distance(tensor.data, integers[i][o]))),
    ),
    outputs: fidelityOf(program.outputs, floats, integers),
  };
}

/** The real values of the program's outputs, one list a sample. */
export function integerOutputs(
  program: Program,
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
): Float64Array[][] {
  return samples.map((sample) => {
    const values = execute(program, quantizeInputs(program, sample));
    return program.outputs.map((output) => dequantizeOutput(output, values[output.tensor]));
  });
}

/** A class that is below the greatest by at most this share of the outputs' range is as good a decision. */
const OPEN = 2 ** -10;

/** Share of decisions that are the float model's, or that its values leave open, as those of saturated outputs do. */
function agreementOf(
  integers: readonly Float64Array[],
  floats: readonly Float64Array[],
  values: readonly Float64Array[],
): number {
  const lo = values.reduce((a, row) => row.reduce((b, x) => Math.min(b, x), a), Infinity);
  const hi = values.reduce((a, row) => row.reduce((b, x) => Math.max(b, x), a), -Infinity);
  const chosen = integers.map((row, i) =>
    row.map((decision, j) => {
      const classes = values[i].length / row.length;
      const valueOf = (label: number) => values[i][j * classes + label];
      const isOpen = classes > 1 && valueOf(floats[i][j]) - valueOf(decision) <= OPEN * (hi - lo);
      return isOpen ? floats[i][j] : decision;
    }),
  );
  return matches(chosen, floats);
}

/** Share of equal entries. */
function matches(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let equal = 0;
  let total = 0;
  a.forEach((row, i) =>
    row.forEach((value, j) => {
      total++;
      if (value === b[i][j]) equal++;
    }),
  );
  return equal / total;
}

/** Mean square of the difference, or of the values themselves. */
function meanSquare(a: readonly Float64Array[], b?: readonly Float64Array[]): number {
  let sum = 0;
  let total = 0;
  a.forEach((row, i) =>
    row.forEach((value, j) => {
      total++;
      sum += square(value - (b === undefined ? 0 : b[i][j]));
    }),
  );
  return sum / total;
}

function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
