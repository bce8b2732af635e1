import { poolBeforeActivation } from "../graph/passes/poolBeforeActivation.js";
import { sizeOf } from "../graph/tensor.js";
import type { Graph, GraphValue, Tensor } from "../graph/types.js";
import { buildNetlist } from "../netlist/netlist.js";
import { calibrate } from "../quantize/calibrate.js";
import { quantize } from "../quantize/quantize.js";
import { cheapestProgram } from "../search/cheapest.js";
import { layersOf, type Report } from "./report.js";

/** What a model's circuit would cost at 8 bits. */
export type Estimate = Pick<Report, "constraints" | "layers">;

/** Made-up inputs stand for samples: few, since only ranges are taken from them. */
const SAMPLES = 4;

/** Costs of a model with ranges from made-up inputs of [-1, 1). @throws RefusedError where it cannot be proved */
export function estimate(graph: Graph): Estimate {
  const prepared = poolBeforeActivation(graph);
  const samples = Array.from(
    { length: SAMPLES },
    (_, n) => new Map(prepared.inputs.map((input) => [input.id, madeUp(input, n)])),
  );
  const { ranges } = calibrate(prepared, samples);
  const bits = { inputBits: 8, weightBits: 8, activationBits: 8, tableBits: 10 };
  const netlist = buildNetlist(
    cheapestProgram((economy) =>
      quantize(prepared, ranges, {
        precision: { ...bits, ...economy },
        output: "public",
        source: "0".repeat(64),
      }),
    ),
  );
  const { nonlinear, linear } = netlist.cost;
  return { constraints: { nonlinear, linear }, layers: layersOf(netlist) };
}

/** The same numbers at every call, spread over [-1, 1); indices are 0 and 1 in turn. */
function madeUp({ dtype, shape }: GraphValue, sample: number): Tensor {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    if (dtype !== "float") return (i + sample) % 2;
    return (Math.imul(i + 1 + sample * 7919, 2654435761) >>> 0) / 2 ** 31 - 1;
  });
  return { dtype, shape, data };
}
