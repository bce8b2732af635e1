import { Torch2CircomError } from "../errors.js";
import { sizeOf } from "../graph/tensor.js";
import type { Graph, GraphNode, GraphValue, Tensor, ValueId } from "../graph/types.js";
import { Lowering } from "../lowering/lowering.js";
import type { Precision, Range, Site } from "../lowering/types.js";
import { isConstant, type Operand, type Value } from "../lowering/operand.js";
import { operatorOf } from "../operators/index.js";
import { OperatorError, type Scales } from "../operators/operator.js";
import { poolingWindows } from "../operators/pooling.js";
import { ProgramBuilder } from "../program/builder.js";
import type { Program } from "../program/types.js";
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
  /** Gets what each value of the graph became: to find out where a model loses its values. */
  readonly trace?: (values: ReadonlyMap<ValueId, Value>) => void;
}

/**
 * Graph -> integer program.
 *
 * @param ranges calibrated ranges of all values of the graph
 * @throws RefusedError naming every node that has no integer circuit
 */
export function quantize(
  graph: Graph,
  ranges: ReadonlyMap<ValueId, Range>,
  options: QuantizeOptions,
): Program {
  assertLayersExist(graph, options.precision);
  const builder = new ProgramBuilder(options.secretWeights);
  const lowering = new Lowering(builder, options.precision);
  const uniform = uniformValues(graph, options.output);
  const saturation = saturatingConsumers(graph);
  const precise = softmaxInputs(graph);
  const values = new Map<ValueId, Value>(graph.constants);
  for (const input of graph.inputs) {
    const add = input.dtype === "float" ? addInput : addIndexInput;
    values.set(input.id, add({ graph, builder, ranges, uniform, precision: options.precision }, input));
  }
  const refusals: Refusal[] = [];
  for (const node of graph.nodes) {
    // What needs a refused node's result cannot be judged.
    if (!node.inputs.every((id) => values.has(id))) continue;
    const refusal = lowerNode(graph, node, { lowering, uniform, precise, saturation, values, ranges });
    if (refusal !== undefined) refusals.push(refusal);
  }
  if (refusals.length > 0) throw new RefusedError(refusals);
  graph.outputs.forEach((output) => addOutput(lowering, output, values.get(output.id)!, options.output));
  options.trace?.(values);
  return builder.build(options.source);
}

function assertLayersExist(graph: Graph, { layers = {} }: Precision): void {
  const names = new Set(graph.nodes.map(({ name }) => name));
  const unknown = Object.keys(layers).find((name) => !names.has(name));
  if (unknown === undefined) return;
  throw new Torch2CircomError(
    `The configuration gives bits for a layer "${unknown}", which the model does not have`,
    `Its layers are: ${[...names].join(", ")}.`,
  );
}

interface LoweringState {
  readonly lowering: Lowering;
  readonly uniform: ReadonlySet<ValueId>;
  readonly precise: ReadonlySet<ValueId>;
  readonly saturation: ReadonlyMap<ValueId, Saturation>;
  readonly values: Map<ValueId, Value>;
  readonly ranges: ReadonlyMap<ValueId, Range>;
}

/** Puts the node's results into `state.values`, or says why there are none. */
function lowerNode(graph: Graph, node: GraphNode, state: LoweringState): Refusal | undefined {
  const { lowering, uniform, precise, saturation, values, ranges } = state;
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
    ...followers(graph, node.outputs[0]),
    saturatedBy: saturation.get(node.outputs[0]),
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

/** The values that reach a softmax through nothing but movements and constants. */
function softmaxInputs(graph: Graph): Set<ValueId> {
  const precise = new Set<ValueId>();
  for (const node of [...graph.nodes].reverse()) {
    const asked = scalesOf(graph, node);
    const passes = asked === "as consumer" && node.outputs.some((id) => precise.has(id));
    if (node.op === "softmax" || passes) for (const id of node.inputs) precise.add(id);
  }
  return precise;
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
  return { rectified: only?.op === "relu" || only?.op === "clamp" };
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

/**
 * The number of rows of the smallest table that an integer input can choose from, through any movements; to be compared
 * with 0, 1, … n - 1 (one-hot) is to choose from n.
 */
function indexRange(graph: Graph, input: ValueId): number | undefined {
  const reached = new Set([input]);
  let rows: number | undefined;
  for (const { op, inputs, outputs } of graph.nodes) {
    if (op === "gather" && reached.has(inputs[1])) {
      rows = Math.min(rows ?? Infinity, graph.types.get(inputs[0])!.shape[0]!);
    } else if (op === "equal" && reached.has(inputs[0]) && countsUp(graph.constants.get(inputs[1]))) {
      rows = Math.min(rows ?? Infinity, graph.constants.get(inputs[1])!.data.length);
    } else if (inputs.some((id) => reached.has(id))) {
      for (const id of outputs) reached.add(id);
    }
  }
  return rows;
}

function countsUp(labels: Tensor | undefined): boolean {
  return labels !== undefined && labels.data.length > 1 && labels.data.every((label, i) => label === i);
}

interface InputContext {
  readonly graph: Graph;
  readonly builder: ProgramBuilder;
  readonly ranges: ReadonlyMap<ValueId, Range>;
  readonly uniform: ReadonlySet<ValueId>;
  readonly precision: Precision;
}

/** An integer input chooses rows of a table, so its domain is their number. */
function addIndexInput({ graph, builder }: InputContext, input: GraphValue): Operand {
  const rows = indexRange(graph, input.id);
  if (rows === undefined) {
    throw new Torch2CircomError(
      `The integer input "${input.id}" does not choose from a table (an embedding)`,
      "Export a model that takes its other inputs as floating-point numbers.",
    );
  }
  if (rows === 1) {
    throw new Torch2CircomError(
      `The integer input "${input.id}" chooses from a table of one row: 0 is all that it can be`,
      "Export a model without that input.",
    );
  }
  const size = sizeOf(input.shape);
  const tensor = builder.add({ kind: "input", name: input.id, size, lo: 0, hi: rows - 1 });
  const bits = Math.max(1, Math.ceil(Math.log2(rows)));
  builder.inputs.push({ name: input.id, tensor, shape: input.shape, scale: [1], bits });
  return { tensor, shape: input.shape, scale: new Float64Array([1]), offset: new Float64Array(1), blocks: 1 };
}

/** Below, Float64 has not all of its digits. */
const LEAST_SCALE = 2 ** -1000;

function addInput({ builder, ranges, uniform, precision }: InputContext, input: GraphValue): Operand {
  const size = sizeOf(input.shape);
  const { lo, hi } = ranges.get(input.id)!;
  const signed = lo.some((value) => value < 0);
  const least = signed ? -(2 ** (precision.inputBits - 1)) : 0;
  const greatest = least + 2 ** precision.inputBits - 1;
  const tensor = builder.add({ kind: "input", name: input.id, size, lo: least, hi: greatest });
  // Features of a table have units of their own; the places of an image or a sequence share one.
  const features = input.shape.length <= 2 && input.shape.length > 0 && !uniform.has(input.id);
  const reach = Float64Array.from(hi, (value, i) => Math.max(Math.abs(value), Math.abs(lo[i])));
  const widest = reach.reduce((a, b) => Math.max(a, b), 0) || 1;
  const scale = features
    ? reach.map((value) => (value || widest) / greatest)
    : new Float64Array([widest / greatest]);
  if (!scale.every((one) => one >= LEAST_SCALE && one < Infinity)) {
    throw new Torch2CircomError(
      `The samples of the input "${input.id}" reach ${widest}, of which no scale can be made`,
      "Scale the model's input, or give samples of the size that it will have.",
    );
  }
  builder.inputs.push({
    name: input.id,
    tensor,
    shape: input.shape,
    scale: Array.from(scale),
    bits: precision.inputBits,
  });
  return { tensor, shape: input.shape, scale, offset: new Float64Array(1), blocks: scale.length };
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
