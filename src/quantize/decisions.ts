import type { Graph } from "../graph/types.js";
import { classesOf, type Labels } from "./labels.js";

/** How the first output of a model is read as decisions. */
export interface Decisions {
  /** How many numbers make a decision; undefined where each is the number of a class already. */
  readonly classes: number | undefined;
  /** The operator that makes the output. */
  readonly last: string | undefined;
  /** Whether it is decisions, and not values that matter by themselves. */
  readonly decisions: boolean;
  /** The numbers of the classes that a row of the output decides for. */
  readonly decide: (row: Float64Array) => Float64Array;
}

/** By its type, by the operator that makes it, and by the labels, where there are any. */
export function decisionsOf(graph: Graph, labels: Labels | undefined): Decisions {
  const [output] = graph.outputs;
  const classes = classesOf(output);
  const last = graph.nodes.find((node) => node.outputs.includes(output.id))?.op;
  const threshold = last === "sigmoid" ? 0.5 : 0;
  const binary = classes === 1 && (labels?.dtype === "int" || last === "sigmoid");
  return {
    classes,
    last,
    decisions: (classes !== 1 || binary) && labels?.dtype !== "float",
    decide(row) {
      if (classes === undefined) return row;
      return binary ? row.map((x) => (x > threshold ? 1 : 0)) : argmaxRows(row, classes);
    },
  };
}

function argmaxRows(values: Float64Array, classes: number): Float64Array {
  return Float64Array.from({ length: values.length / classes }, (_, r) => {
    const row = values.subarray(r * classes, (r + 1) * classes);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}
