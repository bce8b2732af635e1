import { interpret } from "../graph/interpret.js";
import type { Graph, ValueId } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import { at, isConstant, type Operand, type Value } from "../lowering/operand.js";
import { execute } from "../program/execute.js";
import type { Program } from "../program/types.js";
import { quantizeInputs } from "./inputs.js";
import { square } from "../elementary/functions.js";

/** So many samples show where a model loses its values. */
const SAMPLES = 8;

/** How far a layer's values are from the float model's, on some samples. */
export interface LayerError {
  readonly layer: string;
  /** The root of the mean square, as a share of the range of its values. */
  readonly rmsError: number;
  /** What its operands bring with them: the greatest of their errors. */
  readonly before: number;
  /** The least and the greatest value of the float model. */
  readonly lo: number;
  readonly hi: number;
}

/**
 * The layer whose result is further from the float model's than its operands are, by the most: where to look when an
 * output has lost its values.
 *
 * @param errors of all layers, as {@link layerErrors} measures them
 * @returns the layer's name; undefined where no layer adds anything
 */
export function layerThatLoses(errors: readonly LayerError[]): string | undefined {
  let worst: string | undefined;
  let most = 0;
  for (const { layer, rmsError, before } of errors) {
    if (rmsError - before <= most) continue;
    most = rmsError - before;
    worst = layer;
  }
  return worst;
}

/**
 * The error of each layer that computes something, in the order of the graph, on the first samples.
 *
 * @param program with all values, whether an output depends on them or not
 * @param values what each value of the graph became, as `quantize` traces it
 */
export function layerErrors(
  graph: Graph,
  program: Program,
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
  values: ReadonlyMap<ValueId, Value>,
): LayerError[] {
  const errors = errorsOf(graph, program, samples.slice(0, SAMPLES), values);
  return graph.nodes.flatMap(({ name, inputs, outputs }) => {
    const own = outputs.flatMap((id) => errors.get(id) ?? []);
    if (own.length === 0) return [];
    return {
      layer: name,
      rmsError: Math.max(...own.map(({ error }) => error)),
      before: Math.max(0, ...inputs.map((id) => errors.get(id)?.error ?? 0)),
      lo: Math.min(...own.map(({ lo }) => lo)),
      hi: Math.max(...own.map(({ hi }) => hi)),
    };
  });
}

interface ValueError {
  /** The root of the mean square, as a share of the value's range. */
  readonly error: number;
  readonly lo: number;
  readonly hi: number;
}

/** The error of each computed value. */
function errorsOf(
  graph: Graph,
  program: Program,
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
  values: ReadonlyMap<ValueId, Value>,
): Map<ValueId, ValueError> {
  const sums = new Map<ValueId, { squares: number; count: number; lo: number; hi: number }>();
  for (const sample of samples) {
    const integers = execute(program, quantizeInputs(program, sample));
    interpret(graph, sample, {
      observe(id, { data }) {
        const operand = values.get(id);
        if (operand === undefined || isConstant(operand)) return;
        const sum = sums.get(id) ?? { squares: 0, count: 0, lo: Infinity, hi: -Infinity };
        sums.set(id, sum);
        data.forEach((value, i) => {
          const real = realOf(operand, integers, i);
          if (!Number.isFinite(value) || !Number.isFinite(real)) return;
          sum.squares += square(value - real);
          sum.count++;
          sum.lo = Math.min(sum.lo, value);
          sum.hi = Math.max(sum.hi, value);
        });
      },
    });
  }
  return new Map(
    [...sums].flatMap(([id, { squares, count, lo, hi }]) =>
      count === 0
        ? []
        : [[id, { error: Math.sqrt(squares / count) / (hi - lo || Math.abs(hi) || 1), lo, hi }]],
    ),
  );
}

function realOf({ tensor, scale, offset }: Operand, integers: readonly Float64Array[], i: number): number {
  return integers[tensor][i] * at(scale, i) + at(offset, i);
}
