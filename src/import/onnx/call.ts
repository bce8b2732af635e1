import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/types.js";
import type { Shape, Tensor } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { clampInt } from "../elements.js";
import { Unavailable } from "../layerLog.js";
import type { AttributeProto, GraphProto, NodeProto } from "./proto.js";
import { decodeSparse, decodeTensor, type ExternalFiles } from "./tensors.js";

/** One ONNX node: its inputs and attributes as the types that rules ask for. */
export class OnnxCall {
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(
    readonly builder: GraphBuilder,
    readonly node: NodeProto,
    /** Version of the default operator set: some operators changed their meaning. */
    readonly opset: number,
    readonly values: Pick<ReadonlyMap<string, ValueId>, "get">,
    readonly files: ExternalFiles = new Map(),
    /** ONNX's element types of inputs and constants: the graph knows integers, but not of how many bits. */
    readonly elementTypes: Map<ValueId, number> = new Map(),
  ) {
    this.attributes = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
  }

  /** ONNX's element type of an input, where the file says it. */
  elementType(index: number): number | undefined {
    return this.elementTypes.get(this.input(index));
  }

  has(index: number): boolean {
    return (this.node.input[index] ?? "") !== "";
  }

  input(index: number): ValueId {
    const name = this.node.input[index] ?? "";
    if (name === "") throw new OperatorError(`input ${index} is missing`);
    const value = this.values.get(name);
    if (value === undefined) throw new Unavailable(name);
    return value;
  }

  optional(index: number): ValueId | undefined {
    return this.has(index) ? this.input(index) : undefined;
  }

  inputs(): ValueId[] {
    return this.node.input.map((_, index) => this.input(index));
  }

  shapeOf(index: number): Shape {
    return this.builder.shapeOf(this.input(index));
  }

  /** An input that does not depend on the model's inputs. */
  constant(index: number): Tensor {
    const value = this.builder.constantOf(this.input(index));
    if (value === undefined) {
      throw new OperatorError(`input ${index} must be constant, but depends on the model's input`);
    }
    return value;
  }

  /** A constant input as integers, such as axes or a shape. */
  constantInts(index: number): number[] {
    return [...this.constant(index).data].map(clampInt);
  }

  constantNumber(index: number): number {
    const [value] = this.constant(index).data;
    if (value === undefined) throw new OperatorError(`input ${index} must hold a number`);
    return value;
  }

  /** Axes and the like: an attribute in older operator sets, an input in newer ones. */
  intsFrom(index: number, attribute: string): number[] | undefined {
    if (this.has(index)) return this.constantInts(index);
    return this.attributes.has(attribute) ? this.ints(attribute) : undefined;
  }

  hasAttribute(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, otherwise?: number): number {
    const attribute = this.typed(name, 2, otherwise);
    return attribute === undefined ? otherwise! : clampInt(attribute.i);
  }

  float(name: string, otherwise?: number): number {
    return this.typed(name, 1, otherwise)?.f ?? otherwise!;
  }

  text(name: string, otherwise?: string): string {
    const attribute = this.typed(name, 3, otherwise);
    return attribute === undefined ? otherwise! : new TextDecoder().decode(attribute.s);
  }

  ints(name: string, otherwise?: readonly number[]): number[] {
    const attribute = this.typed(name, 7, otherwise);
    return attribute === undefined ? [...otherwise!] : attribute.ints.map(clampInt);
  }

  floats(name: string): number[] {
    return this.typed(name, 6, undefined)!.floats;
  }

  strings(name: string, otherwise?: readonly string[]): string[] {
    const attribute = this.typed(name, 8, otherwise);
    if (attribute === undefined) return [...otherwise!];
    return attribute.strings.map((bytes) => new TextDecoder().decode(bytes));
  }

  tensor(name: string): Tensor {
    const proto = this.typed(name, 4, undefined)?.t;
    if (proto === undefined) throw new OperatorError(`attribute "${name}" holds no tensor`);
    return decodeTensor(proto, this.files);
  }

  /** The element type of a tensor among the attributes. */
  tensorType(name: string): number {
    return this.typed(name, 4, undefined)?.t?.dataType ?? 0;
  }

  sparseTensor(name: string): Tensor {
    const proto = this.typed(name, 11, undefined)?.sparse;
    if (proto === undefined) throw new OperatorError(`attribute "${name}" holds no sparse tensor`);
    return decodeSparse(proto, this.files);
  }

  /** A subgraph, such as a branch. */
  graph(name: string): GraphProto | undefined {
    return this.attributes.get(name)?.g;
  }

  private typed(name: string, type: number, otherwise: unknown): AttributeProto | undefined {
    const attribute = this.attributes.get(name);
    if (attribute === undefined && otherwise === undefined)
      throw new OperatorError(`attribute "${name}" is missing`);
    // Files of the first IR versions leave the type out.
    if (attribute !== undefined && attribute.type !== type && attribute.type !== 0) {
      throw new OperatorError(`attribute "${name}" has the wrong type`);
    }
    return attribute;
  }
}
