import type { Graph } from "../graph/types.js";
import { isWiring, type Netlist } from "../netlist/types.js";
import type { TensorId } from "../program/operations/definition.js";
import { sizeOf } from "../tensor/tensor.js";

/** Where a layer is in its model. */
export interface LayerPlace {
  /** The layers whose elements it takes, by their positions in the list of layers; -1 for the model's inputs. */
  readonly from: readonly number[];
  /** The shape of its result, where a layer of the model file has that name and that many elements. */
  readonly shape?: readonly number[];
  /** The least and the greatest integer of its result. Not with private weights: bounds tell of them. */
  readonly range?: readonly [lo: number, hi: number];
}

/** The place of each component of a netlist, in order, and those whose elements are the model's outputs. */
export interface LayerPlaces {
  readonly layers: readonly LayerPlace[];
  readonly results: readonly number[];
}

/** Wiring is followed to the components behind it. */
export function layerPlaces(netlist: Netlist, graph: Graph): LayerPlaces {
  const isPrivate = netlist.weightWords.length > 0;
  const shapes = new Map(graph.nodes.map(({ name, outputs }) => [name, graph.types.get(outputs[0])?.shape]));
  const sources = new Map<TensorId, readonly number[]>();
  const sourcesOf = (tensors: readonly TensorId[]) =>
    [...new Set(tensors.flatMap((tensor) => sources.get(tensor) ?? [-1]))].sort((a, b) => a - b);
  const places: LayerPlace[] = [];
  for (const step of netlist.steps) {
    const from = sourcesOf(step.inputs);
    if (isWiring(step)) {
      sources.set(step.output, from);
      continue;
    }
    sources.set(step.output, [places.length]);
    const { label, size, range } = step;
    const shape = shapes.get(label);
    places.push({
      from,
      ...(shape && sizeOf(shape) === size && { shape }),
      ...(range && !isPrivate && { range: [range.lo, range.hi] as const }),
    });
  }
  return { layers: places, results: sourcesOf(netlist.outputs.map(({ tensor }) => tensor)) };
}
