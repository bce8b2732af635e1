import { GraphBuilder } from "../../../src/graph/builder.js";
import { simplify } from "../../../src/graph/passes/index.js";
import { poolBeforeActivation } from "../../../src/graph/passes/poolBeforeActivation.js";
import { sizeOf, tensor } from "../../../src/tensor/tensor.js";
import type { ValueId } from "../../../src/graph/types.js";
import type { Shape } from "../../../src/tensor/types.js";
import { PRECISION } from "../../helpers/models.js";
import type { RandomModel } from "../model.js";
import { Random } from "../random.js";
import type { Modes } from "../recipe.js";

/** What a model is made to break the compiler with; null where the graph itself refuses it. */
export type Hostile = Pick<RandomModel, "graph" | "samples" | "precision" | "modes">;

export const MODES: Modes = { input: "public", output: "public", secretWeights: false, simplified: true };

interface Unusual {
  /** The samples' numbers are below it. */
  readonly size?: number;
  readonly samples?: number;
  readonly modes?: Partial<Modes>;
  /** Rows of the table from which an integer input chooses; without it the input is of floats. */
  readonly entries?: number;
}

/** A model of one input. */
export function hostile(
  shape: Shape,
  build: (b: GraphBuilder, x: ValueId) => ValueId | readonly ValueId[],
  { size = 1, samples = 6, modes, entries }: Unusual = {},
): Hostile {
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: entries === undefined ? "float" : "int", shape });
  b.module = "layer";
  const results = [build(b, x)].flat();
  const outputs = results.map((id, i) => ({ name: `y${i}`, id }));
  const graph = poolBeforeActivation(simplify(b.finish(outputs)));
  const random = new Random(5);
  const value = () => (entries === undefined ? (2 * random.next() - 1) * size : random.int(0, entries - 1));
  return {
    graph,
    samples: Array.from(
      { length: samples },
      () => new Map([["x", tensor(b.typeOf(x).dtype, shape, Array.from({ length: sizeOf(shape) }, value))]]),
    ),
    precision: PRECISION,
    modes: { ...MODES, ...modes },
  };
}

export function floats(b: GraphBuilder, shape: Shape, values: readonly number[] | number): ValueId {
  const data = typeof values === "number" ? new Array<number>(sizeOf(shape)).fill(values) : values;
  return b.constant(tensor("float", shape, data));
}

/** A linear layer that keeps two numbers apart. */
export function linear(b: GraphBuilder, x: ValueId, values: readonly number[] = [1, 0.5, -0.5, 1]): ValueId {
  return b.apply("linear", [x, floats(b, [values.length / 2, 2], values)]);
}
