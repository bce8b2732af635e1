import { Torch2CircomError } from "../errors/torch2circomError.js";
import { sizeOf } from "../tensor/tensor.js";
import type { Graph, GraphNode, GraphValue, ValueId } from "../graph/types.js";
import type { LayerWeights } from "../lowering/layerWeights.js";
import { Lowering } from "../lowering/lowering.js";
import type { Precision, Range, Site } from "../lowering/types.js";
import { isConstant, type Value } from "../lowering/operand.js";
import { operatorOf } from "../operators/index.js";
import { type Scales } from "../operators/operator.js";
import { OperatorError } from "../errors/operatorError.js";
import { poolingWindows } from "../operators/pooling.js";
import { ProgramBuilder } from "../program/builder.js";
import { SharedOperations } from "../program/shared.js";
import type { Program } from "../program/types.js";
import { addInput } from "./addInput.js";
import { ownGrid } from "./ownGrid.js";
import { RefusedError, refusalOf, type Refusal } from "./refused.js";
import { NotInt32Error } from "../program/int32.js";

export interface QuantizeOptions {
  readonly precision: Precision;
  /** What the circuit makes public of each output: its values, or the index of the greatest over the last axis. */
  readonly output: "public" | "argmax";
  /** sha256 of the model file. */
  readonly source: string;
  /** Whether the weights of linear layers are secret. @default false */
  readonly secretWeights?: boolean;
  /** Of other programs of this graph, with these ranges. @default nothing */
  readonly shared?: SharedWork;
}

/** What many programs of one graph have in common. */
export interface SharedWork {
  readonly operations: SharedOperations;
  readonly layers: Map<string, LayerWeights>;
}

export function sharedWork(): SharedWork {
  return { operations: new SharedOperations(), layers: new Map() };
}

/** A program, and where it comes from. */
export interface TracedProgram {
  readonly program: Program;
  /** With what no output depends on, too. */
  readonly whole: Program;
  /** What each value of the graph is in the whole program. */
  readonly values: ReadonlyMap<ValueId, Value>;
}

/** As {@link quantizeTraced}: the program alone. */
export function quantize(
  graph: Graph,
  ranges: ReadonlyMap<ValueId, Range>,
  options: QuantizeOptions,
): Program {
  return quantizeTraced(graph, ranges, options).program;
}

/**
 * Graph -> integer program.
 *
 * @param ranges calibrated ranges of all values of the graph
 * @throws RefusedError naming every node that has no integer circuit
 */
export function quantizeTraced(
  graph: Graph,
  ranges: ReadonlyMap<ValueId, Range>,
  options: QuantizeOptions,
): TracedProgram {
  assertLayersExist(graph, options.precision);
  const { operations, layers } = options.shared ?? sharedWork();
  const builder = new ProgramBuilder(options.secretWeights, operations);
  const lowering = new Lowering(builder, options.precision, layers);
  const uniform = uniformValues(graph, options.output);
  const saturation = saturatingConsumers(graph);
  const precise = softmaxInputs(graph);
  const ranked = rankedValues(graph);
  const values = new Map<ValueId, Value>(graph.constants);
  for (const input of graph.inputs)
    values.set(input.id, addInput({ graph, lowering, range: ranges.get(input.id)!, uniform }, input));
  const refusals: Refusal[] = [];
  for (const node of graph.nodes) {
    // What needs a refused node's result cannot be judged.
    if (!node.inputs.every((id) => values.has(id))) continue;
    const refusal = lowerNode(graph, node, {
      lowering,
      uniform,
      precise,
      ranked,
      saturation,
      values,
      ranges,
    });
    if (refusal !== undefined) refusals.push(refusal);
  }
  if (refusals.length > 0) throw new RefusedError(refusals);
  graph.outputs.forEach((output) => addOutput(lowering, output, values.get(output.id)!, options.output));
  return { program: builder.build(options.source), whole: builder.whole(options.source), values };
}

function assertLayersExist(graph: Graph, { layers = {} }: Precision): void {
  const names = new Set(graph.nodes.map(({ name }) => name));
  const unknown = Object.keys(layers).find((name) => !names.has(name));
  if (unknown === undefined) return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    `The configuration gives bits for a layer "${unknown}", which the model does not have`,
    `Its layers are: ${[...names].join(", ")}.`,
  );
}

interface LoweringState {
  readonly lowering: Lowering;
  readonly uniform: ReadonlySet<ValueId>;
  readonly precise: ReadonlySet<ValueId>;
  readonly ranked: ReadonlySet<ValueId>;
  readonly saturation: ReadonlyMap<ValueId, Saturation>;
  readonly values: Map<ValueId, Value>;
  readonly ranges: ReadonlyMap<ValueId, Range>;
}

/** Puts the node's results into `state.values`, or says why there are none. */
function lowerNode(graph: Graph, node: GraphNode, state: LoweringState): Refusal | undefined {
  const { lowering, uniform, precise, ranked, saturation, values, ranges } = state;
  const rangeOf = (id: ValueId): Range => {
    const constant = graph.constants.get(id);
    return constant === undefined ? ranges.get(id)! : { lo: constant.data, hi: constant.data };
  };
  const site = {
    name: node.name,
    types: node.outputs.map((id) => graph.types.get(id)!),
    inputRanges: node.inputs.map(rangeOf),
    outputRanges: node.outputs.map(rangeOf),
    uniform: node.outputs.some((id) => uniform.has(id)),
    final: graph.outputs.some(({ id }) => node.outputs.includes(id)),
    precise: node.outputs.some((id) => precise.has(id)),
    ranked: node.outputs.every((id) => ranked.has(id)),
    ...followers(graph, node.outputs[0]),
    saturatedBy: saturation.get(node.outputs[0]),
    quantizedTo: ownGrid(graph, node.outputs[0]),
  };
  try {
    const inputs = node.inputs.map((id) => values.get(id)!);
    const results = operatorOf(node.op).lower({ lowering, site, inputs, attributes: node.attributes });
    node.outputs.forEach((id, i) => values.set(id, results[i]));
    return undefined;
  } catch (error) {
    if (error instanceof OperatorError || error instanceof NotInt32Error)
      return refusalOf(node, error.message);
    throw error;
  }
}

/** What a node asks of the scales of its operands. */
function scalesOf(graph: Graph, { op, inputs }: GraphNode): Scales {
  const { scales } = operatorOf(op);
  return typeof scales === "string" ? scales : scales((i) => graph.constants.has(inputs[i]));
}

/**
 * The values of which a consumer needs all elements at one scale, found from the outputs backwards. The rows of a matrix
 * share the weights that they meet, so that they ask for less: scales may differ along the features.
 */
function uniformValues(graph: Graph, output: QuantizeOptions["output"]): Set<ValueId> {
  const uniform = new Set<ValueId>();
  const rowwise = new Set<ValueId>();
  for (const value of graph.outputs)
    if (output === "argmax" || sizeOf(value.shape) > 1) uniform.add(value.id);
  for (const node of [...graph.nodes].reverse()) {
    const byRows = node.outputs.some((id) => rowwise.has(id) && !uniform.has(id));
    const rows = byRows ? rowsThrough(graph, node) : "one scale";
    // What cannot keep the scales of rows alike keeps all alike.
    if (byRows && rows === "one scale") for (const id of node.outputs) uniform.add(id);
    const asked = scalesOf(graph, node);
    const passed = asked === "as consumer" && node.outputs.some((id) => uniform.has(id));
    if (asked === "one" || passed) for (const id of node.inputs) uniform.add(id);
    else if (rows === "from operands") for (const id of node.inputs) rowwise.add(id);
    if (node.op === "linear" && sizeOf(graph.types.get(node.inputs[0])!.shape.slice(0, -1)) > 1)
      rowwise.add(node.inputs[0]);
  }
  for (const { id } of graph.inputs) if (rowwise.has(id)) uniform.add(id);
  return uniform;
}

/** How a node's result can have scales that repeat row by row: by itself, if its operands do, or with one scale only. */
function rowsThrough(graph: Graph, { op, attributes, outputs }: GraphNode): RowScales {
  // A linear layer and a norm give each feature a scale of its own.
  if (op === "linear" || /Norm$/.test(op)) return "by itself";
  const rank = graph.types.get(outputs[0])!.shape.length;
  const joinsFeatures = op === "concat" && (attributes.axis === rank - 1 || attributes.axis === -1);
  return joinsFeatures || op === "relu" ? "from operands" : "one scale";
}

type RowScales = "by itself" | "from operands" | "one scale";

/** Operators that put a mask, even a computed one, on scores. */
const MASKING = new Set(["add", "sub", "where"]);

/** The values that reach a softmax through nothing but movements, constants and masks. */
function softmaxInputs(graph: Graph): Set<ValueId> {
  const precise = new Set<ValueId>();
  for (const node of [...graph.nodes].reverse()) {
    const asked = scalesOf(graph, node);
    const passes =
      (asked === "as consumer" || MASKING.has(node.op)) && node.outputs.some((id) => precise.has(id));
    if (node.op === "softmax" || passes) for (const id of node.inputs) precise.add(id);
  }
  return precise;
}

/** The values that are read only for their greatest elements, if through movements. */
function rankedValues(graph: Graph): Set<ValueId> {
  const ranked = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const { id } of graph.outputs) ranked.delete(id);
  for (const { op, inputs, outputs } of [...graph.nodes].reverse()) {
    const moves = operatorOf(op).moves === true && outputs.every((id) => ranked.has(id));
    if (op !== "max" && op !== "maxPool" && !moves) for (const id of inputs) ranked.delete(id);
  }
  return ranked;
}

/** What the only consumer of a value is, as far as its accumulator's cost depends on it. */
function followers(graph: Graph, id: ValueId): Pick<Site, "pooling" | "rectified"> {
  const consumers = graph.nodes.filter(({ inputs }) => inputs.includes(id));
  const only =
    graph.outputs.some((output) => output.id === id) || consumers.length !== 1 ? undefined : consumers[0];
  if (only?.op === "maxPool") {
    const pooling = poolingWindows(graph.types.get(id)!.shape, only.attributes);
    const { rectified } = followers(graph, only.outputs[0]);
    return pooling.window > 1 ? { pooling, rectified } : { rectified };
  }
  const rectified = only?.op === "relu" || only?.op === "clamp" || ownGrid(graph, id)?.lo === 0;
  return { rectified };
}

type Saturation = NonNullable<Site["saturatedBy"]>;

/** Values that are read by one saturating activation (ReLU6) only, and the bound at which it saturates. */
function saturatingConsumers(graph: Graph): Map<ValueId, Saturation> {
  const bounds = new Map<ValueId, Saturation>();
  for (const node of graph.nodes) {
    const { min, max } = node.attributes;
    if (node.op === "clamp" && min === 0 && typeof max === "number" && max > 0 && Number.isFinite(max)) {
      bounds.set(node.inputs[0], { name: node.name, bound: max });
    }
  }
  const uses = new Map<ValueId, number>();
  for (const id of graph.nodes.flatMap((node) => node.inputs)) uses.set(id, (uses.get(id) ?? 0) + 1);
  return new Map([...bounds].filter(([id]) => uses.get(id) === 1));
}

function addOutput(
  lowering: Lowering,
  output: GraphValue,
  value: Value,
  kind: QuantizeOptions["output"],
): void {
  const { builder } = lowering;
  if (isConstant(value)) {
    throw new Torch2CircomError(
      "MODEL_UNSUPPORTED",
      `The output "${output.id}" does not depend on any input`,
      "Export a model whose outputs are computed from its inputs.",
    );
  }
  const base = { name: output.id, shape: output.shape };
  if (kind === "public") {
    const { tensor, scale, offset } = value;
    builder.outputs.push({
      ...base,
      kind: "values",
      tensor,
      scale: Array.from(scale),
      offset: Array.from(offset),
    });
    return;
  }
  const classes = output.shape.at(-1) ?? 1;
  if (classes < 2) {
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `The output "${output.id}" of shape [${output.shape.join(", ")}] has no classes to choose from`,
      "Build with --output public, or export a model whose last axis is the classes.",
    );
  }
  const size = sizeOf(output.shape) / classes;
  const ordered = lowering.settle("argmax", value);
  const tensor = builder.add({ kind: "argmax", name: "argmax", size, input: ordered.tensor, classes });
  const shape = output.shape.slice(0, -1);
  builder.outputs.push({ ...base, shape, kind: "argmax", tensor, scale: [1], offset: [0] });
}
