import type { TensorId } from "../../program/operations/definition.js";
import { reindexed, upTo } from "../../program/operations/slice.js";
import type { Program } from "../../program/types.js";
import { bindingPart, endsInOne, hash, inputParts, outputParts, sumCosts } from "../cost.js";
import { edgeDomain } from "../domain.js";
import { domainOf, type ProvingDomain } from "../provingDomain.js";
import { isWiring, type Component, type Cost, type Netlist, type Part, type Wiring } from "../types.js";
import { segmentAt, type EdgeTensor } from "./edges.js";

/** What crosses between a segment and the next one, behind one commitment. */
export interface Edge {
  /** The tag of its commitment. */
  readonly domain: string;
  readonly tensors: readonly EdgeTensor[];
}

/** One of the circuits that a model is cut into. */
export interface Segment {
  /** 0 is the first. */
  readonly number: number;
  readonly netlist: Netlist;
  /** Its last tensor; undefined for the last segment. */
  readonly end?: TensorId;
  /** What it opens; undefined for the first, which has the model's inputs. */
  readonly opened?: Edge;
  /** What it commits to; undefined for the last, which has the model's outputs. */
  readonly committed?: Edge;
  /** Its layers, and the wirings that these and the outputs need. They read opened tensors by their elements that crossed. */
  readonly steps: readonly (Component | Wiring)[];
  /** What it has beside its layers. */
  readonly parts: readonly Part[];
  readonly cost: Cost;
  readonly provingDomain: ProvingDomain;
}

/** Whether a segment reads a tensor that it opens; else it hands its words on. */
export function isRead({ number }: Pick<Segment, "number">, tensor: EdgeTensor): boolean {
  return tensor.heldIn.has(number);
}

/**
 * The segments of a circuit.
 *
 * @param cuts the last tensor of each segment but the last, ascending
 */
export function segmentsOf(
  program: Program,
  netlist: Netlist,
  cuts: readonly TensorId[],
  crossing: readonly EdgeTensor[],
): Segment[] {
  const edges = cuts.map((_, edge): Edge => ({
    domain: edgeDomain(netlist.domain, edge),
    tensors: crossing.filter(({ from, to }) => from <= edge && to > edge),
  }));
  return Array.from({ length: cuts.length + 1 }, (_, number) => {
    const opened = number === 0 ? undefined : edges[number - 1];
    const committed = number === cuts.length ? undefined : edges[number];
    const steps = stepsOf(program, netlist, cuts, number, opened);
    const common = { number, netlist, end: cuts.at(number), opened, committed, steps };
    const parts = segmentParts(program, common);
    const layers = steps.flatMap((step) => (isWiring(step) ? [] : [step.cost]));
    const cost = sumCosts([...layers, ...parts.map((part) => part.cost)]);
    return { ...common, parts, cost, provingDomain: domainOf(cost, signalsOf(common)) };
  });
}

/** How many public signals a segment has. */
export function signalsOf({
  netlist: { outputs, outputMode },
  opened,
  committed,
}: Pick<Segment, "netlist" | "opened" | "committed">): number {
  const ofOutputs = outputMode === "committed" ? 1 : outputs.reduce((sum, { words }) => sum + words, 0);
  // The commitment to the input, and the binding, are the first segment's.
  return (committed === undefined ? ofOutputs : 1) + (opened === undefined ? 2 : 1);
}

function stepsOf(
  program: Program,
  { steps, outputs }: Netlist,
  cuts: readonly TensorId[],
  number: number,
  opened: Edge | undefined,
): (Component | Wiring)[] {
  const byOutput = new Map(steps.map((step) => [step.output, step]));
  const needed = new Set<TensorId>();
  const need = (tensor: TensorId): void => {
    const step = byOutput.get(tensor);
    if (step === undefined || !isWiring(step) || needed.has(tensor)) return;
    needed.add(tensor);
    step.inputs.forEach(need);
  };
  const own = steps.filter((step) => !isWiring(step) && segmentAt(cuts, step.output) === number);
  for (const step of own) step.inputs.forEach(need);
  if (number === cuts.length) for (const { tensor } of outputs) need(tensor);
  const isOwn = new Set(own);
  return steps
    .filter((step) => isOwn.has(step) || needed.has(step.output))
    .map((step) => (isWiring(step) ? overOpened(program, step, opened) : step));
}

/** A wiring whose index is into the elements that crossed, of the tensors that did. */
function overOpened(program: Program, wiring: Wiring, opened: Edge | undefined): Wiring {
  const crossed = new Map(opened?.tensors.map((tensor) => [tensor.tensor, tensor]) ?? []);
  if (!wiring.inputs.some((input) => crossed.has(input))) return wiring;
  const sizes = wiring.inputs.map((input) => program.operations[input].size);
  const moved = new Int32Array(sizes.reduce((sum, size) => sum + size, 0)).fill(-1);
  let [start, next] = [0, 0];
  wiring.inputs.forEach((input, i) => {
    const elements = crossed.get(input)?.elements ?? upTo(sizes[i]);
    elements.forEach((element, place) => (moved[start + element] = next + place));
    start += sizes[i];
    next += elements.length;
  });
  return { ...wiring, index: reindexed(wiring.index, moved) };
}

function segmentParts(
  program: Program,
  segment: Pick<Segment, "number" | "netlist" | "opened" | "committed">,
): Part[] {
  const { number, netlist, opened, committed } = segment;
  const isHanded = (tensor: EdgeTensor) => committed!.tensors.includes(tensor) && tensor.from < number;
  return [
    ...(opened === undefined
      ? [bindingPart(), ...inputParts(program, netlist)]
      : [
          ...opened.tensors
            .filter((tensor) => isRead(segment, tensor))
            .map((tensor) => openedPart(number, tensor)),
          edgePart(`commitment to what segment ${number - 1} hands on`, opened),
        ]),
    ...(committed === undefined
      ? outputParts(program, netlist, new Set())
      : [
          ...committed.tensors.filter((tensor) => !isHanded(tensor)).map(packedPart),
          edgePart(`commitment to what segment ${number} hands on`, committed),
        ]),
  ];
}

function openedPart(number: number, tensor: EdgeTensor): Part {
  const { count, width, heldIn } = tensor;
  const checked = heldIn.get(number) === true ? 0 : count * width;
  return { ...packedPart(tensor), cost: { nonlinear: checked, linear: packingRows(tensor) } };
}

function packedPart(tensor: EdgeTensor): Part {
  const cost = { nonlinear: 0, linear: packingRows(tensor) };
  return { part: `packing of tensor ${tensor.tensor}`, template: "Pack", cost };
}

function packingRows(tensor: EdgeTensor): number {
  return tensor.words - (endsInOne(tensor) ? 1 : 0);
}

/** The binding is the first of the words. */
function edgePart(part: string, { tensors }: Edge): Part {
  return hash(part, 1 + tensors.reduce((sum, { words }) => sum + words, 0));
}
