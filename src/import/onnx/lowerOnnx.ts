import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { GraphBuilder, MAX_NODES } from "../../graph/builder.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { Tensor, TensorType } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { SymbolicSizes, type ChosenSizes } from "../symbolicSizes.js";
import { dtypeOf } from "../elements.js";
import { adviceFor } from "../advice.js";
import { damaged, printable, sizeRecipe } from "../exportRecipe.js";
import { complete, LayerLog, type ImportedGraph } from "../layerLog.js";
import { OnnxCall } from "./call.js";
import { lowerControl, type Inline } from "./control.js";
import { bodyOf, Functions, requireEnd } from "./functions.js";
import { inOrder, namesRead } from "./order.js";
import type {
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OpsetProto,
  ValueInfoProto,
} from "./proto.js";
import { onnxRules } from "./rules/index.js";
import { requireWrittenOnce, OnnxScope } from "./scope.js";
import { decodeSparse, decodeTensor, onnxElementType, type ExternalFiles } from "./tensors.js";

/** Lowers an ONNX model to the graph, node by node, by the ONNX table. */
export function lowerOnnx(
  model: ModelProto,
  files: ExternalFiles,
  file: string,
  chosen: ChosenSizes = {},
): ImportedGraph {
  if (model.graph === undefined) throw damaged(file, "it holds no graph");
  return new OnnxLowering(model, model.graph, files, file, chosen).run();
}

/**
 * Where nodes stand: which values they see, which operator set they are of, which functions were called to get there.
 */
interface Place {
  readonly scope: OnnxScope;
  readonly opset: number;
  readonly callers: readonly FunctionProto[];
}

class OnnxLowering {
  private readonly builder = new GraphBuilder();
  private readonly log = new LayerLog(this.builder);
  private readonly inputs: (TensorType & { name: string })[] = [];
  private readonly sizes: SymbolicSizes;
  private readonly functions: Functions;
  private readonly constants = new Map<object, ValueId>();
  private readonly elementTypes = new Map<ValueId, number>();
  private parameters = 0;
  private nodes = 0;

  constructor(
    readonly model: ModelProto,
    readonly graph: GraphProto,
    readonly files: ExternalFiles,
    readonly file: string,
    chosen: ChosenSizes,
  ) {
    const fix = (size: string | undefined) => sizeRecipe(size && printable(size), printable(file));
    this.sizes = new SymbolicSizes(file, fix, chosen);
    this.functions = new Functions(model.functions);
  }

  run(): ImportedGraph {
    const place = { scope: new OnnxScope(), opset: opsetOf(this.model.opset), callers: [] };
    const { scope } = place;
    this.bindConstants(this.graph, scope);
    for (const input of this.graph.input) {
      // Old files list initializers among the inputs.
      if (scope.get(input.name) === undefined) this.bindInput(input, scope);
    }
    this.sizes.requireAllUsed();
    const outputs = this.graph.output.map(({ name }) => name);
    this.lowerNodes(this.graph.node, outputs, place, [
      ...new Set([...constantNames(this.graph), ...this.inputs.map(({ name }) => name)]),
    ]);
    const results = outputs.map((name) => ({ name, id: scope.get(name) }));
    const [inputs, parameters, { notices }] = [this.inputs, this.parameters, this.sizes];
    return complete(this.log, { inputs, outputs: results, parameters, notices }, this.file);
  }

  private bindConstants({ initializer, sparseInitializer }: GraphProto, scope: OnnxScope): void {
    for (const tensor of initializer) {
      const id = this.constant(tensor, tensor.name, () => decodeTensor(tensor, this.files));
      this.elementTypes.set(id, tensor.dataType);
      scope.set(tensor.name, id);
    }
    for (const sparse of sparseInitializer) {
      const name = sparse.values?.name ?? "";
      scope.set(
        name,
        this.constant(sparse, name, () => decodeSparse(sparse, this.files)),
      );
    }
  }

  /** A tensor of the file as a constant; the body of a loop has its own only once. */
  private constant(source: object, name: string, decode: () => Tensor): ValueId {
    const known = this.constants.get(source);
    if (known !== undefined) return known;
    const value = decode();
    this.count(source, value);
    const id = this.builder.constant(value, name);
    this.constants.set(source, id);
    return id;
  }

  /** Trained numbers are floats, or whole ones of a model that is quantized: those of few bits, and several of them. */
  private count(source: object, { dtype, shape }: TensorType): void {
    const type = (source as { readonly dataType?: number }).dataType;
    const narrow = type !== undefined && NARROW.has(type) && sizeOf(shape) > 1;
    if (dtype === "float" || narrow) this.parameters += sizeOf(shape);
  }

  private bindInput({ name, elementType, shape }: ValueInfoProto, scope: OnnxScope): void {
    if (elementType === 0)
      throw unfit(this.file, `the input "${printable(name)}" is not a tensor`, "tensors of numbers");
    if (shape === undefined)
      throw unfit(this.file, `the input "${printable(name)}" has no known shape`, "a shape of fixed sizes");
    // Some exporters write an open size as -1.
    const sizes = shape.map(({ value, param }) =>
      value !== undefined && value >= 0 ? value : { name: param || undefined },
    );
    const type = { dtype: dtypeOf(onnxElementType(elementType)), shape: this.sizes.shapeOf(name, sizes) };
    this.inputs.push({ name, ...type });
    const id = this.builder.input(name, type);
    this.elementTypes.set(id, elementType);
    scope.set(name, id);
  }

  /** Lowers all nodes of a graph. `given` are the values that it has before; `results` those that are asked for. */
  private lowerNodes(
    nodes: readonly NodeProto[],
    results: readonly string[],
    place: Place,
    given: readonly string[],
  ): void {
    requireWrittenOnce(this.file, given, nodes);
    const asked = new Set([...results, ...nodes.flatMap(namesRead)]);
    for (const node of inOrder(nodes)) this.lowerNode(node, asked, place);
  }

  private lowerNode(node: NodeProto, asked: ReadonlySet<string>, place: Place): void {
    const { scope, opset } = place;
    if (++this.nodes > MAX_NODES)
      throw new OperatorError(`its functions and loops unroll into more than ${MAX_NODES} nodes`);
    const operator = isDefaultDomain(node.domain) ? node.opType : `${node.domain}.${node.opType}`;
    const call = new OnnxCall(this.builder, node, opset, scope, this.files, this.elementTypes);
    const called = this.functions.calledBy(node);
    const inner = called ?? (controls.has(operator) ? operator : undefined);
    if (inner !== undefined) {
      this.lowerInner(node, operator, () =>
        called === undefined ? this.lowerControl(call, place) : this.callFunction(called, call, place),
      ).forEach((id, i) => bindResult(node.output[i], id, scope));
      return;
    }
    const results = this.log.lower(layerOf(node, operator), () => {
      const rule = onnxRules.get(operator);
      if (rule === undefined) throw new OperatorError(adviceFor(operator));
      const result = rule(call);
      const list = typeof result === "string" ? [result] : result;
      const absent = node.output.find((name, i) => list[i] === undefined && asked.has(name));
      if (absent !== undefined)
        throw new OperatorError(
          `its result ${node.output.indexOf(absent)} ("${absent}") is not supported, only those before`,
        );
      return list;
    });
    results?.forEach((id, i) => bindResult(node.output[i], id, scope));
    if (operator === "Constant" && results !== undefined) this.countConstant(node, results[0]);
  }

  /** Some exporters keep weights in nodes; what is one number there belongs to a formula. */
  private countConstant(node: NodeProto, id: ValueId): void {
    const type = this.builder.typeOf(id);
    if (this.constants.has(node) || sizeOf(type.shape) < 2) return;
    this.constants.set(node, id);
    this.count(node.attribute.find(({ name }) => name === "value")?.t ?? node, type);
  }

  /** Nodes that stand for others are not layers of their own, but may be what is not supported. */
  private lowerInner(
    node: NodeProto,
    operator: string,
    lower: () => readonly (ValueId | undefined)[],
  ): readonly (ValueId | undefined)[] {
    const before = this.log.unsupported.length;
    try {
      return lower();
    } catch (error) {
      // What is wrong inside has been noted already.
      if (error instanceof OperatorError && this.log.unsupported.length > before) return [];
      this.log.lower(layerOf(node, operator), () => {
        throw error;
      });
      return [];
    }
  }

  private lowerControl(call: OnnxCall, place: Place): readonly (ValueId | undefined)[] {
    const inline: Inline = (graph, inputs) => {
      const scope = new OnnxScope(place.scope);
      if (inputs.length !== graph.input.length)
        throw new OperatorError(`its body takes ${graph.input.length} values, not ${inputs.length}`);
      this.bindConstants(graph, scope);
      graph.input.forEach(({ name }, i) => scope.set(name, inputs[i]));
      const outputs = graph.output.map(({ name }) => name);
      const given = [...new Set([...constantNames(graph), ...graph.input.map(({ name }) => name)])];
      this.lowerNodes(graph.node, outputs, { ...place, scope }, given);
      return outputs.map((name) => scope.get(name));
    };
    return lowerControl(call, inline) ?? [];
  }

  /** Lowers a function's nodes as if they stood here, under names of their own. */
  private callFunction(
    called: FunctionProto,
    call: OnnxCall,
    place: Place,
  ): readonly (ValueId | undefined)[] {
    requireEnd(called, place.callers);
    const scope = new OnnxScope();
    const given = called.input.filter((_, i) => call.has(i));
    called.input.forEach((name, i) => call.has(i) && scope.set(name, call.input(i)));
    // An input that the call leaves out is left out by the nodes that take it.
    const absent = new Set(called.input.filter((_, i) => !call.has(i)));
    const nodes = bodyOf(called, call.node).map((node) => ({
      ...node,
      input: node.input.map((name) => (absent.has(name) ? "" : name)),
    }));
    const opset = called.opset.length === 0 ? place.opset : opsetOf(called.opset);
    const results = called.output.filter((_, i) => (call.node.output[i] ?? "") !== "");
    this.lowerNodes(nodes, results, { scope, opset, callers: [...place.callers, called] }, given);
    return called.output.map((name) => scope.get(name));
  }
}

/** uint8, int8, uint4 and int4. */
const NARROW: ReadonlySet<number> = new Set([2, 3, 21, 22]);

/** Operators with graphs inside, which are lowered as if their nodes stood there. */
export const controls: ReadonlySet<string> = new Set(["If", "Loop", "Scan"]);

function bindResult(name: string | undefined, id: ValueId | undefined, scope: OnnxScope): void {
  if (name !== undefined && name !== "" && id !== undefined) scope.set(name, id);
}

function constantNames({ initializer, sparseInitializer }: GraphProto): string[] {
  return [
    ...initializer.map(({ name }) => name),
    ...sparseInitializer.map(({ values }) => values?.name ?? ""),
  ];
}

function layerOf(node: NodeProto, operator: string) {
  return { name: node.name || (node.output[0] ?? operator), operator, module: modulePath(node) };
}

/** The version of the default operator set: some operators changed their meaning. */
function opsetOf(list: readonly OpsetProto[]): number {
  return list.find(({ domain }) => isDefaultDomain(domain))?.version ?? 1;
}

/** A whole file that no circuit can be made of. */
function unfit(file: string, problem: string, wanted: string): Torch2CircomError {
  return new Torch2CircomError(
    "MODEL_UNSUPPORTED",
    `${printable(file)} cannot become a circuit: ${problem}`,
    `The inputs of a circuit are ${wanted}; export the model again with an example of its input.`,
  );
}

function isDefaultDomain(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

/**
 * The PyTorch module of a node: from the name "/layer1/layer1.0/conv1/Conv" that the TorchScript exporter gives, from
 * the newer exporter's metadata, or from the name of the node's own weight.
 */
function modulePath(node: NodeProto): string {
  if (node.name.startsWith("/")) return node.name.split("/").slice(1, -1).join(".");
  const scopes = node.metadata.find(({ key }) => key === "pkg.torch.onnx.name_scopes")?.value;
  if (scopes !== undefined) return [...scopes.matchAll(/'([^']*)'/g)].at(-2)?.[1] ?? "";
  const weight = node.input.find((name) => /\.(weight|bias)$/.test(name));
  return weight?.replace(/\.(weight|bias)$/, "") ?? "";
}
