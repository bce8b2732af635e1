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

/**
 * The layer whose result is further from the float model's than its operands are, by the most: where to look when an
 * output has lost its values.
 *
 * @param program with all values, whether an output depends on them or not
 * @param values what each value of the graph became, as `quantize` traces it
 * @returns the layer's name; undefined where no layer adds anything
 */
export function layerThatLoses(
  graph: Graph,
  program: Program,
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
  values: ReadonlyMap<ValueId, Value>,
): string | undefined {
  const errors = errorsOf(graph, program, samples.slice(0, SAMPLES), values);
  let worst: string | undefined;
  let most = 0;
  for (const { name, inputs, outputs } of graph.nodes) {
    const before = Math.max(0, ...inputs.map((id) => errors.get(id) ?? 0));
    const added = Math.max(0, ...outputs.map((id) => errors.get(id) ?? 0)) - before;
    if (added <= most) continue;
    most = added;
    worst = name;
  }
  return worst;
}

/** For each computed value, the root of the mean square of its error, as a share of the value's range. */
function errorsOf(
  graph: Graph,
  program: Program,
  samples: readonly ReadonlyMap<ValueId, Tensor>[],
  values: ReadonlyMap<ValueId, Value>,
): Map<ValueId, number> {
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
    [...sums].map(([id, { squares, count, lo, hi }]) => [
      id,
      count === 0 ? 0 : Math.sqrt(squares / count) / (hi - lo || Math.abs(hi) || 1),
    ]),
  );
}

function realOf({ tensor, scale, offset }: Operand, integers: readonly Float64Array[], i: number): number {
  return integers[tensor][i] * at(scale, i) + at(offset, i);
}
