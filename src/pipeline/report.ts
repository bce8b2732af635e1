import type { ReportForm } from "../artifacts/reportForm.js";
import type { ProvenAssumption } from "../assumptions/prove.js";
import type { Dropped } from "./dropped.js";
import type { Graph } from "../graph/types.js";
import { layerPlaces, type LayerPlace } from "./layerPlaces.js";
import type { LayerError } from "../quantize/blame.js";
import { floorOf, type Floor } from "../netlist/floor.js";
import type { ProvenNetlist } from "../netlist/netlist.js";
import { provingDomain, type ProvingDomain } from "../netlist/provingDomain.js";
import { isWiring, type Cost, type Netlist } from "../netlist/types.js";
import type { Program } from "../program/types.js";
import type { Evaluation } from "../quantize/evaluate.js";
import { percent as toTwoDigits } from "../quantize/fidelity.js";

/** What a build tells of its model, beside the manifest: `report.json`. */
export interface Report {
  readonly model: string;
  readonly accuracy: Evaluation;
  readonly constraints: { readonly nonlinear: number; readonly linear: number };
  /** The domain over which a proof is made, and how far it is from half of it. */
  readonly provingDomain: ProvingDomain;
  readonly dropped: Dropped;
  /** How near the circuit is to the fewest constraints that its bits allow. */
  readonly floor: Floor;
  /** Where the constraints go, in the circuit's order. With those of `parts` they are all of them. */
  readonly layers: readonly (LayerCost & Partial<LayerPlace>)[];
  /** Positions of the layers whose elements are the outputs; -1 for the model's inputs. */
  readonly results?: readonly number[];
  /** What inputs, outputs, commitments and the binding take. */
  readonly parts: readonly {
    readonly part: string;
    readonly gadget: string;
    readonly nonlinear: number;
    readonly linear: number;
  }[];
  /** What each gadget assumes, and what shows that it holds: for an auditor. */
  readonly assumptions: readonly ProvenAssumption[];
  readonly notices: readonly string[];
  /** The error of each layer on some samples, as a share of its range. Not with private weights, of which it would tell. */
  readonly errors?: readonly LayerError[];
}

/** What a layer takes. */
export interface LayerCost extends Cost {
  readonly layer: string;
  readonly gadget: string;
  readonly outputs: number;
}

/** What a report is made of. */
export interface Reported {
  readonly program: Program;
  readonly netlist: ProvenNetlist;
  readonly accuracy: Evaluation;
  readonly notices: readonly string[];
  /** What is left out of the program; a search over many models need not know. */
  readonly dropped: () => Dropped;
  /** The error of each layer; undefined with private weights, of which it would tell. */
  readonly errors: () => readonly LayerError[] | undefined;
}

/** @param graph of the model file, for the shapes of its layers */
export function makeReport(
  model: string,
  graph: Graph,
  { program, netlist, accuracy, notices, dropped, errors }: Reported,
): Report {
  const { layers, ...costs } = constraintsOf(netlist);
  const places = layerPlaces(netlist, graph);
  const report = {
    model,
    accuracy,
    ...costs,
    layers: layers.map((layer, i) => ({ ...layer, ...places.layers[i] })),
    results: places.results,
    dropped: dropped(),
    floor: floorOf(program, netlist),
    assumptions: netlist.assumptions,
    notices,
    errors: errors(),
  };
  return report satisfies ReportForm;
}

/** How many constraints a circuit has, where they go, and over which domain they are proven. */
export function constraintsOf(
  netlist: Netlist,
): Pick<Report, "constraints" | "provingDomain" | "parts"> & { readonly layers: readonly LayerCost[] } {
  const { steps, parts, cost } = netlist;
  const count = ({ nonlinear, linear }: Cost) => ({ nonlinear, linear });
  const components = steps.flatMap((step) => (isWiring(step) ? [] : [step]));
  return {
    constraints: count(cost),
    provingDomain: provingDomain(netlist),
    layers: components.map(({ label, template, size, cost: own }) => ({
      layer: label,
      gadget: template,
      outputs: size,
      ...count(own),
    })),
    parts: parts.map(({ part, template, cost: own }) => ({ part, gadget: template, ...count(own) })),
  };
}

/** "A proof is over 2^18 rows, of which 136,783 are used: with 5,711 fewer it would take about half the time". */
export function describeDomain({ rows, power, rowsToHalf }: ProvingDomain): string {
  const count = (value: number) => value.toLocaleString("en");
  return `A proof is over 2^${power} rows, of which ${count(rows)} are used: with ${count(rowsToHalf)} fewer it would take about half the time`;
}

/** The greatest error of each output on the samples, in per cent of its range. */
export function describeFidelity({ outputs }: Evaluation): string {
  return outputs
    .map(({ output, greatestError }) => `${output} within ${toTwoDigits(greatestError)} of its range`)
    .join(", ");
}

/** "91.7 % of the labels of 96 samples right (float model: 91.7 %)", or what there is to say without labels. */
export function describeAccuracy(accuracy: Evaluation): string {
  const { metric, samples, integerScore, floatScore, agreement } = accuracy;
  if (metric === "accuracy") {
    return `${percent(integerScore!)} of the labels of ${samples} samples right (float model: ${percent(floatScore!)})`;
  }
  if (metric === "mse") {
    return `mean squared error ${integerScore!.toPrecision(4)} on ${samples} samples (float model: ${floatScore!.toPrecision(4)})`;
  }
  return `${percent(agreement)} agreement with the float model on ${samples} samples`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
