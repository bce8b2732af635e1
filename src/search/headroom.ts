import type { Graph, ValueId } from "../graph/types.js";
import type { Precision, Range } from "../lowering/types.js";
import { buildNetlist } from "../netlist/netlist.js";
import type { Program } from "../program/types.js";
import { quantize, type QuantizeOptions } from "../quantize/quantize.js";

/** Bits of headroom that are tried: from always saturating to hardly ever. */
const CANDIDATES = [0, 1, 2, 3, 5];

/**
 * The program with the fewest constraints over how early activations saturate: a saturation costs two constraints,
 * its absence widens what comes after. Accuracy hardly depends on it, since the calibrated range is kept either way.
 */
export function quantizeCheapest(
  graph: Graph,
  ranges: ReadonlyMap<ValueId, Range>,
  options: Omit<QuantizeOptions, "precision"> & { readonly precision: Omit<Precision, "headroom"> },
): Program {
  const programs = CANDIDATES.map((headroom) =>
    quantize(graph, ranges, { ...options, precision: { ...options.precision, headroom } }),
  );
  const costs = programs.map((program) => {
    const { nonlinear, linear } = buildNetlist(program).cost;
    return nonlinear + linear;
  });
  return programs[costs.indexOf(Math.min(...costs))];
}
