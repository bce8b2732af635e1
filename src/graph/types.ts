import type { Attributes } from "../operators/operator.js";
import type { Tensor, TensorType } from "../tensor/types.js";

/** The name of a value: a graph input, a constant or a node's output. Unique in its graph. */
export type ValueId = string;

/** One application of an operator of `src/operators`. */
export interface GraphNode {
  /** Unique and stable: made of the module path and the operator, for people to recognize their layers. */
  readonly name: string;
  /** Name of the operator, a key of the operator table. */
  readonly op: string;
  /** The PyTorch module that the node came from ("layer1.0.conv1"), "" where the file does not say. */
  readonly module: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly attributes: Attributes;
}

export interface GraphValue extends TensorType {
  readonly id: ValueId;
}

/** A model: static shapes, nodes in an order in which they can be evaluated. */
export interface Graph {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<ValueId, Tensor>;
  /** The type of every value: inputs, constants and all nodes' outputs. */
  readonly types: ReadonlyMap<ValueId, TensorType>;
}
