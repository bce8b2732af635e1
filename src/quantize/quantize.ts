import { Torch2CircomError } from "../errors.js";
import { sizeOf } from "../graph/tensor.js";
import type { Graph, GraphNode, GraphValue, ValueId } from "../graph/types.js";
import { Lowering, type Precision, type Range } from "../lowering/lowering.js";
import { isConstant, type Operand, type Value } from "../lowering/operand.js";
import { isProvable, ruleOf } from "../lowering/rules.js";
import { operators } from "../operators/index.js";
import { OperatorError } from "../operators/operator.js";
import { ProgramBuilder } from "../program/builder.js";
import type { Program } from "../program/types.js";

export interface QuantizeOptions {
  readonly precision: Precision;
  /** What the circuit makes public of each output: its values, or the index of the greatest over the last axis. */
  readonly output: "public" | "argmax";
  /** sha256 of the model file. */
  readonly source: string;
}

/**
 * Graph -> integer program.
 *
 * @param ranges calibrated ranges of all values of the graph
 * @throws Torch2CircomError naming every node that has no integer circuit
 */
export function quantize(
  graph: Graph,
  ranges: ReadonlyMap<ValueId, Range>,
  options: QuantizeOptions,
): Program {
  assertProvable(graph);
  const builder = new ProgramBuilder();
  const lowering = new Lowering(builder, options.precision);
  const uniform = uniformValues(graph, options.output);
  const values = new Map<ValueId, Value>(graph.constants);
  for (const input of graph.inputs) values.set(input.id, addInput(builder, input, ranges, uniform, options));
  for (const node of graph.nodes) lowerNode(graph, node, { lowering, uniform, values, ranges });
  graph.outputs.forEach((output) => addOutput(lowering, output, values.get(output.id)!, options.output));
  return builder.build(options.source);
}

function assertProvable(graph: Graph): void {
  const missing = graph.nodes.filter((node) => !isProvable(node.op));
  if (missing.length === 0) return;
  const list = missing.map((node) => `    ${node.op} at ${node.name}`).join("\n");
  throw new Torch2CircomError(
    `The model uses operators that have no integer circuit:\n${list}`,
    "Replace them in the PyTorch model by supported ones, or move them out of it.",
  );
}

interface LoweringState {
  readonly lowering: Lowering;
  readonly uniform: ReadonlySet<ValueId>;
  readonly values: Map<ValueId, Value>;
  readonly ranges: ReadonlyMap<ValueId, Range>;
}

function lowerNode(
  graph: Graph,
  node: GraphNode,
  { lowering, uniform, values, ranges }: LoweringState,
): void {
  const operator = operators.get(node.op)!;
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
  };
  try {
    const inputs = node.inputs.map((id) => values.get(id)!);
    const results = ruleOf(node).lower(lowering, site, inputs, node.attributes, operator);
    node.outputs.forEach((id, i) => values.set(id, results[i]));
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new Torch2CircomError(
      `${node.op} at ${node.name} cannot be proved as it stands: ${error.message}`,
      "Change that layer in the PyTorch model, or move it out of it.",
    );
  }
}

/** The values of which a consumer needs all elements at one scale, found from the outputs backwards. */
function uniformValues(graph: Graph, output: QuantizeOptions["output"]): Set<ValueId> {
  const uniform = new Set<ValueId>();
  for (const value of graph.outputs)
    if (output === "argmax" || sizeOf(value.shape) > 1) uniform.add(value.id);
  for (const node of [...graph.nodes].reverse()) {
    const rule = ruleOf(node);
    const asked =
      rule.scales === "one" || (rule.scales === "as consumer" && node.outputs.some((id) => uniform.has(id)));
    const rows = node.op === "linear" && sizeOf(graph.types.get(node.inputs[0])!.shape.slice(0, -1)) > 1;
    if (asked || rows) for (const id of node.inputs) uniform.add(id);
  }
  return uniform;
}

function addInput(
  builder: ProgramBuilder,
  input: GraphValue,
  ranges: ReadonlyMap<ValueId, Range>,
  uniform: ReadonlySet<ValueId>,
  { precision }: QuantizeOptions,
): Operand {
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
