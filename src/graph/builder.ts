import { expect } from "../operators/attributes.js";
import { operatorOf } from "../operators/index.js";
import { OperatorError } from "../errors/operatorError.js";
import { formatShape, sizeOf, tensor } from "../tensor/tensor.js";
import type { Graph, GraphNode, GraphValue, ValueId } from "./types.js";
import type { Attributes } from "../operators/operator.js";
import type { DType, Shape, Tensor, TensorType } from "../tensor/types.js";

/** Most elements of one value: 2^24, far above what a circuit can hold. */
export const MAX_ELEMENTS = 2 ** 24;
/** Most elements of all constants together: 512 MiB as doubles. */
const MAX_CONSTANT_ELEMENTS = 2 ** 26;
/** Most nodes, and most constants; unrolled and split models of real size stay far below. */
export const MAX_NODES = 2 ** 17;
/** Most multiply-accumulates that folding one constant node may take. */
const MAX_FOLD_WORK = 2 ** 28;

/** A named result of the model. */
export interface NamedOutput {
  readonly name: string;
  readonly id: ValueId;
}

/**
 * Builds a graph node by node. Shapes are inferred at once, and a node whose inputs are all constant is evaluated at
 * once, so that shape arithmetic, masks and position tables never become nodes.
 * Methods throw an OperatorError where an operator refuses its inputs.
 */
export class GraphBuilder {
  /** The PyTorch module that the next nodes belong to. */
  module = "";

  private readonly inputs: GraphValue[] = [];
  private readonly constants = new Map<ValueId, Tensor>();
  private readonly types = new Map<ValueId, TensorType>();
  private readonly producers = new Map<ValueId, GraphNode>();
  private readonly nodes: GraphNode[] = [];
  private readonly names = new Set<string>();
  private readonly nextSuffix = new Map<string, number>();
  private readonly scalars = new Map<string, ValueId>();
  private constantElements = 0;

  input(name: string, type: TensorType): ValueId {
    const id = this.unique(name);
    checkSize(type.shape);
    this.inputs.push({ id, ...type });
    this.types.set(id, type);
    return id;
  }

  constant(value: Tensor, name = "constant"): ValueId {
    checkSize(value.shape);
    this.constantElements += value.data.length;
    expect(this.constants.size < MAX_NODES, `the model has more than ${MAX_NODES} constants`);
    expect(this.constantElements <= MAX_CONSTANT_ELEMENTS, "the model's constants are larger than 512 MiB");
    const id = this.unique(name);
    this.constants.set(id, value);
    this.types.set(id, { dtype: value.dtype, shape: value.shape });
    return id;
  }

  /** A constant of shape []; equal scalars share one. */
  scalar(value: number, dtype: DType = "float"): ValueId {
    const key = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
    const known = this.scalars.get(key);
    if (known !== undefined) return known;
    const id = this.constant(tensor(dtype, [], [value]), "scalar");
    this.scalars.set(key, id);
    return id;
  }

  ints(values: readonly number[], shape: Shape = [values.length]): ValueId {
    return this.constant(tensor("int", shape, values), "indices");
  }

  /** Adds a node of one output and returns it. */
  apply(op: string, inputs: readonly ValueId[], attributes: Attributes = {}, name?: string): ValueId {
    return this.applyAll(op, inputs, attributes, name)[0];
  }

  /** Adds a node and returns all its outputs. */
  applyAll(op: string, inputs: readonly ValueId[], attributes: Attributes = {}, name?: string): ValueId[] {
    const operator = operatorOf(op);
    const types = operator.infer(
      inputs.map((id) => this.typeOf(id)),
      attributes,
    );
    types.forEach((type) => checkSize(type.shape));
    const folded = this.fold(op, inputs, attributes, types);
    const wanted = name ?? (this.module === "" ? op : `${this.module}.${op}`);
    if (folded !== undefined) return folded.map((value) => this.constant(value, wanted));
    expect(this.nodes.length < MAX_NODES, `the model unrolls into more than ${MAX_NODES} nodes`);
    const nodeName = this.unique(wanted);
    const outputs = types.map((type, i) => {
      const id = types.length === 1 ? nodeName : this.unique(`${nodeName}:${i}`);
      this.types.set(id, type);
      return id;
    });
    const node = { name: nodeName, op, module: this.module, inputs: [...inputs], outputs, attributes };
    this.nodes.push(node);
    for (const output of outputs) this.producers.set(output, node);
    return outputs;
  }

  typeOf(id: ValueId): TensorType {
    const type = this.types.get(id);
    if (type === undefined) throw new OperatorError(`value "${id}" is used before it is computed`);
    return type;
  }

  shapeOf(id: ValueId): Shape {
    return this.typeOf(id).shape;
  }

  /** The value where it does not depend on the model's inputs. */
  constantOf(id: ValueId): Tensor | undefined {
    return this.constants.get(id);
  }

  /** The node that computes the value; none for inputs and constants. */
  producerOf(id: ValueId): GraphNode | undefined {
    return this.producers.get(id);
  }

  /** Takes back a node that nothing reads, so that its replacement can have its name. */
  discard(node: GraphNode): void {
    this.nodes.splice(this.nodes.lastIndexOf(node), 1);
    for (const id of [node.name, ...node.outputs]) {
      this.names.delete(id);
      this.types.delete(id);
      this.producers.delete(id);
    }
  }

  /** The finished graph; its outputs carry the given names, which must differ from the inputs'. */
  finish(outputs: readonly NamedOutput[]): Graph {
    const renamed = new Map<ValueId, ValueId>();
    const results = outputs.map(({ name, id }) => {
      // An input, a constant or a value that is an output already needs a node of its own to carry the name.
      const own =
        this.producers.has(id) && !renamed.has(id)
          ? id
          : this.apply("reshape", [id], { shape: [...this.shapeOf(id)] });
      if (!this.producers.has(own)) throw new OperatorError(`output "${name}" does not depend on any input`);
      renamed.set(own, name);
      return { id: name, ...this.typeOf(own) };
    });
    const taken = new Set(outputs.map(({ name }) => name));
    expect(taken.size === outputs.length, "two outputs have the same name");
    for (const { id } of this.inputs) expect(!taken.has(id), `"${id}" is both an input and an output`);
    for (const { id, shape } of [...this.inputs, ...results])
      expect(sizeOf(shape) > 0, `"${id}" of shape ${formatShape(shape)} holds no number`);
    for (const id of this.types.keys()) {
      if (taken.has(id) && renamed.get(id) !== id) renamed.set(id, renamed.get(id) ?? this.unique(id));
    }
    const rename = (id: ValueId): ValueId => renamed.get(id) ?? id;
    return {
      inputs: this.inputs,
      outputs: results,
      nodes: this.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      constants: new Map([...this.constants].map(([id, value]) => [rename(id), value])),
      types: new Map([...this.types].map(([id, type]) => [rename(id), type])),
    };
  }

  private fold(
    op: string,
    inputs: readonly ValueId[],
    attributes: Attributes,
    types: readonly TensorType[],
  ): Tensor[] | undefined {
    const values = inputs.map((id) => this.constants.get(id));
    if (!values.every((value) => value !== undefined)) return undefined;
    // An output element of a linear operator sums over its weight's row, one of the others over all of its input.
    const reach = op === "linear" || op === "matmul" ? (values[0].shape.at(-1) ?? 1) : 1;
    const work = sizeOf(types[0].shape) * (op.startsWith("conv") ? values[1].data.length : reach);
    expect(work <= MAX_FOLD_WORK, `computing this constant takes ${work} steps, more than ${MAX_FOLD_WORK}`);
    return operatorOf(op).evaluate(values, attributes);
  }

  private unique(name: string): string {
    let candidate = name;
    if (this.names.has(name)) {
      let suffix = this.nextSuffix.get(name) ?? 1;
      do candidate = `${name}_${suffix++}`;
      while (this.names.has(candidate));
      this.nextSuffix.set(name, suffix);
    }
    this.names.add(candidate);
    return candidate;
  }
}

function checkSize(shape: Shape): void {
  const size = sizeOf(shape);
  expect(
    shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0) && size <= MAX_ELEMENTS,
    `a tensor of shape ${formatShape(shape)} is larger than ${MAX_ELEMENTS} elements`,
  );
}
