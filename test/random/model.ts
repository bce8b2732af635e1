import { GraphBuilder } from "../../src/graph/builder.js";
import { simplify } from "../../src/graph/passes/index.js";
import { poolBeforeActivation } from "../../src/graph/passes/poolBeforeActivation.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Graph, ValueId } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import type { Precision } from "../../src/lowering/types.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import type { Netlist } from "../../src/netlist/types.js";
import type { Program } from "../../src/program/types.js";
import { calibrate } from "../../src/quantize/calibrate.js";
import { quantize } from "../../src/quantize/quantize.js";
import { constantsOf } from "./constants.js";
import { cut, lastOf, project, reshape } from "./layers/family.js";
import { Random } from "./random.js";
import { drawRecipe, FAMILIES, type Entry, type Modes, type Recipe, type RecipeOptions } from "./recipe.js";

/** Most elements that a layer hands to the next. */
const MOST_ELEMENTS = 160;
const SAMPLES = 8;

export interface RandomModel {
  readonly recipe: Recipe;
  readonly graph: Graph;
  readonly samples: readonly Map<ValueId, Tensor>[];
  readonly precision: Precision;
  readonly modes: Modes;
}

/** What checks of a lowered model ask of it. */
export interface Checked {
  readonly recipe: Pick<Recipe, "seed">;
  readonly samples: RandomModel["samples"];
}

/** A model as integers and gadgets. */
export interface Lowered {
  readonly program: Program;
  readonly netlist: Netlist;
}

export function randomModel(seed: number, options?: RecipeOptions): RandomModel {
  return modelOf(drawRecipe(seed, options));
}

/** The model of a recipe. */
export function modelOf(recipe: Recipe): RandomModel {
  const { modes, precision } = recipe;
  const built = graphOf(recipe);
  const graph = poolBeforeActivation(modes.simplified ? simplify(built) : built);
  return { recipe, graph, samples: samplesOf(recipe, graph), precision, modes };
}

/** @throws Torch2CircomError where the model is refused */
export function lower({ graph, samples, precision, modes }: Omit<RandomModel, "recipe">): Lowered {
  const { ranges } = calibrate(graph, samples);
  const { secretWeights } = modes;
  const output = modes.output === "argmax" ? "argmax" : "public";
  const program = quantize(graph, ranges, { precision, output, source: "ab".repeat(32), secretWeights });
  const shown = modes.output === "committed" ? "committed" : "public";
  return { program, netlist: buildNetlist(program, modes.input, shown) };
}

function graphOf({ inputs, layers, modes }: Recipe): Graph {
  const b = new GraphBuilder();
  let x = joined(
    b,
    inputs.map((entry, i) => addEntry(b, entry, `x${i}`)),
  );
  const earlier: ValueId[] = [];
  layers.forEach((layer, i) => {
    b.module = `${i}.${layer.kind}`;
    earlier.push(x);
    x = limited(b, FAMILIES[layer.kind].build({ b, earlier }, x, layer));
  });
  b.module = "head";
  if (modes.output === "argmax" && lastOf(b, x) < 2)
    x = project(b, x, 3, { seed: 1, decades: 0, power: 0, varies: "element" });
  return b.finish([{ name: "y", id: x }]);
}

function addEntry(b: GraphBuilder, { kind, shape, entries, values }: Entry, name: string): ValueId {
  b.module = name;
  if (kind === "floats") return b.input(name, { dtype: "float", shape });
  if (kind === "flags") return b.apply("cast", [b.input(name, { dtype: "bool", shape })], { to: "float" });
  const ids = b.input(name, { dtype: "int", shape });
  if (kind === "columns") {
    const columns = Array.from({ length: shape[1] }, (_, column) => {
      const id = b.apply("slice", [ids], { start: [0, column], size: [1, 1], step: [1, 1] });
      const table = b.constant(constantsOf([rowsOf(entries, column), 2], values));
      return b.apply("gather", [table, id], { axis: 0 });
    });
    const numbers = reshape(b, b.apply("cast", [ids], { to: "float" }), [1, shape[1], 1]);
    return b.apply("concat", [b.apply("concat", columns, { axis: 1 }), numbers], { axis: 2 });
  }
  if (kind === "tokens")
    return b.apply("gather", [b.constant(constantsOf([entries, 4], values)), ids], { axis: 0 });
  const labels = b.ints(Array.from({ length: entries }, (_, label) => label));
  const truth = b.apply("equal", [reshape(b, ids, [...shape, 1]), labels]);
  return b.apply("cast", [truth], { to: "float" });
}

/** Rows of the table of a column. */
function rowsOf(entries: number, column: number): number {
  return 2 + ((column * 7) % entries);
}

/** Several inputs as the features of one row. */
function joined(b: GraphBuilder, values: readonly ValueId[]): ValueId {
  if (values.length === 1) return values[0];
  const flat = values.map((value) => cut(b, reshape(b, value, [1, sizeOf(b.shapeOf(value))]), 20));
  return b.apply("concat", flat, { axis: 1 });
}

/** What grew too large is cut, all axes alike, until it is small enough. */
function limited(b: GraphBuilder, x: ValueId): ValueId {
  const shape = b.shapeOf(x);
  let most = Math.max(...shape);
  const size = (limit: number) => sizeOf(shape.map((length) => Math.min(length, limit)));
  while (size(most) > MOST_ELEMENTS) most--;
  return cut(b, x, most);
}

/** Random inputs: integers among the entries, floats each of its own size. */
function samplesOf({ seed, inputs }: Recipe, graph: Graph): Map<ValueId, Tensor>[] {
  const random = new Random(seed ^ 0x5bd1e995);
  return Array.from({ length: SAMPLES }, () => {
    const sample = new Map<ValueId, Tensor>();
    for (const { id, shape, dtype } of graph.inputs) {
      const entry = inputs[Number(id.slice(1))];
      const sizes = constantsOf(shape, entry.values).data;
      const value = (size: number, i: number) => {
        if (dtype === "bool") return random.int(0, 1);
        if (dtype === "int")
          return random.int(0, (entry.kind === "columns" ? rowsOf(entry.entries, i) : entry.entries) - 1);
        return (entry.center + (entry.signed ? 2 * random.next() - 1 : random.next())) * Math.abs(size);
      };
      sample.set(id, tensor(dtype, shape, Array.from(sizes, value)));
    }
    return sample;
  });
}
