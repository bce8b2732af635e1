import { GraphBuilder } from "../../graph/builder.js";
import { sizeOf } from "../../graph/tensor.js";
import type { TensorType, ValueId } from "../../graph/types.js";
import { OperatorError } from "../../operators/operator.js";
import { SymbolicSizes } from "../symbolicSizes.js";
import { dtypeOf } from "../elements.js";
import { adviceFor } from "../advice.js";
import { damaged, printable, sizeRecipe } from "../exportRecipe.js";
import { complete, LayerLog, type Lowering } from "../lowering.js";
import { OnnxCall } from "./call.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from "./proto.js";
import { onnxRules } from "./rules/index.js";
import { decodeTensor, onnxElementType, type ExternalFiles } from "./tensors.js";

/** Lowers an ONNX model to the graph, node by node, by the ONNX table. */
export function lowerOnnx(model: ModelProto, files: ExternalFiles, file: string): Lowering {
  if (model.graph === undefined) throw damaged(file, "it holds no graph");
  return new OnnxLowering(model, model.graph, files, file).run();
}

class OnnxLowering {
  readonly #builder = new GraphBuilder();
  readonly #log = new LayerLog(this.#builder);
  readonly #values = new Map<string, ValueId>();
  readonly #inputs: (TensorType & { name: string })[] = [];
  readonly #sizes: SymbolicSizes;
  #parameters = 0;

  constructor(
    readonly model: ModelProto,
    readonly graph: GraphProto,
    readonly files: ExternalFiles,
    readonly file: string,
  ) {
    this.#sizes = new SymbolicSizes(file, (size) => sizeRecipe(printable(size), printable(file)));
  }

  run(): Lowering {
    for (const tensor of this.graph.initializer) this.#bindConstant(tensor);
    for (const input of this.graph.input) {
      // Old files list initializers among the inputs.
      if (!this.#values.has(input.name)) this.#bindInput(input);
    }
    for (const node of this.graph.node) this.#lowerNode(node);
    const outputs = this.graph.output.map(({ name }) => ({ name, id: this.#values.get(name) }));
    const [inputs, parameters, { notices }] = [this.#inputs, this.#parameters, this.#sizes];
    return complete(this.#log, { inputs, outputs, parameters, notices }, this.file);
  }

  #bindConstant(tensor: TensorProto): void {
    const value = decodeTensor(tensor, this.files);
    if (value.dtype === "float") this.#parameters += sizeOf(value.shape);
    this.#values.set(tensor.name, this.#builder.constant(value, tensor.name));
  }

  #bindInput({ name, elementType, shape }: ValueInfoProto): void {
    if (shape === undefined) throw damaged(this.file, `the input "${name}" is no tensor of known rank`);
    const sizes = shape.map(({ value, param }) => value ?? { name: param ?? "?" });
    const type = { dtype: dtypeOf(onnxElementType(elementType)), shape: this.#sizes.shapeOf(name, sizes) };
    this.#inputs.push({ name, ...type });
    this.#values.set(name, this.#builder.input(name, type));
  }

  #lowerNode(node: NodeProto): void {
    const operator = isDefaultDomain(node.domain) ? node.opType : `${node.domain}.${node.opType}`;
    const call = new OnnxCall(this.#builder, node, this.#opset(), this.#values);
    const branch = operator === "If" ? constantBranch(call) : undefined;
    if (branch !== undefined) {
      this.#inline(branch, node.output);
      return;
    }
    const layer = { name: node.name || (node.output[0] ?? operator), operator, module: modulePath(node) };
    const results = this.#log.lower(layer, () => {
      const rule = onnxRules.get(operator);
      if (rule === undefined) throw new OperatorError(adviceFor(operator));
      const result = rule(call);
      return typeof result === "string" ? [result] : result;
    });
    results?.forEach((id, i) => {
      const name = node.output[i] ?? "";
      if (name !== "") this.#values.set(name, id);
    });
  }

  /** Lowers the branch that is always taken as if its nodes stood here; names are unique throughout a model. */
  #inline(branch: GraphProto, outputs: readonly string[]): void {
    for (const tensor of branch.initializer) this.#bindConstant(tensor);
    for (const node of branch.node) this.#lowerNode(node);
    outputs.forEach((name, i) => {
      const id = this.#values.get(branch.output[i]?.name ?? "");
      if (id !== undefined) this.#values.set(name, id);
    });
  }

  #opset(): number {
    return this.model.opset.find(({ domain }) => isDefaultDomain(domain))?.version ?? 1;
  }
}

/** The branch of an If whose condition is constant; exporters leave such behind around squeeze and the like. */
function constantBranch(call: OnnxCall): GraphProto | undefined {
  const condition = call.values.get(call.node.input[0] ?? "");
  const value = condition === undefined ? undefined : call.builder.constantOf(condition)?.data[0];
  return value === undefined ? undefined : call.graph(value === 0 ? "else_branch" : "then_branch");
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
