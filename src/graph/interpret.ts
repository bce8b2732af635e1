import { Torch2CircomError } from "../errors/torch2circomError.js";
import { operatorOf } from "../operators/index.js";
import { OperatorError } from "../errors/operatorError.js";
import { formatShape, sameShape } from "../tensor/tensor.js";
import type { Graph, GraphNode, ValueId } from "./types.js";
import type { Tensor } from "../tensor/types.js";

export interface InterpretOptions {
  /** Called with each input and each node's output as it is computed: calibration's way in. */
  readonly observe?: (id: ValueId, value: Tensor) => void;
}

/**
 * Runs the graph on one sample, in double precision: the float meaning of the model.
 * Every input must be given in exactly its shape. Returns the outputs by name.
 */
export function interpret(
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  options: InterpretOptions = {},
): Map<string, Tensor> {
  const given = inputs instanceof Map ? inputs : new Map(Object.entries(inputs));
  const values = new Map<ValueId, Tensor>(graph.constants);
  const set = (id: ValueId, value: Tensor): void => {
    values.set(id, value);
    options.observe?.(id, value);
  };
  for (const { id, shape } of graph.inputs) {
    const value = given.get(id);
    if (value === undefined || !sameShape(value.shape, shape)) {
      throw new Torch2CircomError(
        "INPUT_INVALID",
        `Input "${id}" must be a tensor of shape ${formatShape(shape)}, not ${value === undefined ? "absent" : formatShape(value.shape)}`,
        "Give every input of the model one value in the shape that it was exported with.",
      );
    }
    set(id, value);
  }
  const lastUse = lastUses(graph);
  graph.nodes.forEach((node, i) => {
    const results = evaluateNode(
      node,
      node.inputs.map((id) => values.get(id)!),
    );
    node.outputs.forEach((id, o) => set(id, results[o]));
    for (const id of node.inputs) if (lastUse.get(id) === i) values.delete(id);
  });
  return new Map(graph.outputs.map(({ id }) => [id, values.get(id)!]));
}

function evaluateNode(node: GraphNode, inputs: Tensor[]): Tensor[] {
  try {
    return operatorOf(node.op).evaluate(inputs, node.attributes);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new Torch2CircomError(
      "INPUT_INVALID",
      `Layer ${node.name} (${node.op}) cannot be computed: ${error.message}`,
      "Check that the sample is one that the PyTorch model itself accepts.",
      error,
    );
  }
}

/** The node after which each value is needed no more; outputs are always needed. */
function lastUses(graph: Graph): Map<ValueId, number> {
  const uses = new Map<ValueId, number>();
  graph.nodes.forEach((node, i) => node.inputs.forEach((id) => uses.set(id, i)));
  for (const { id } of graph.outputs) uses.delete(id);
  return uses;
}
