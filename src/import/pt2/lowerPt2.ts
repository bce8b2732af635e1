import { GraphBuilder } from "../../graph/builder.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import type { TensorType } from "../../tensor/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { adviceFor } from "../advice.js";
import { damaged } from "../exportRecipe.js";
import { dtypeOf } from "../elements.js";
import { complete, LayerLog, type ImportedGraph } from "../layerLog.js";
import { canonicalName } from "./aten/aliases.js";
import { atenRules } from "./aten/index.js";
import type { Pt2File } from "./archive.js";
import { AtenCall, type ProgramScope } from "./call.js";
import { SymbolicSizes, type ChosenSizes } from "../symbolicSizes.js";
import { outputNames } from "./outputs.js";
import { elementType, modulePath, type ExportedArgument, type ProgramNode } from "./program.js";
import { isAssertion, lowerSize } from "./sizes.js";
import { Views } from "./views.js";

/** Lowers a torch.export program to the graph, node by node, by the ATen table. */
export function lowerPt2(pt2: Pt2File, file: string, chosen: ChosenSizes = {}): ImportedGraph {
  return new Pt2Lowering(pt2, file, chosen).run();
}

class Pt2Lowering {
  private readonly builder = new GraphBuilder();
  private readonly log = new LayerLog(this.builder);
  private readonly scope: ProgramScope = { tensors: new Map(), sizes: new Map() };
  private readonly sizes: SymbolicSizes;
  private readonly views: Views;
  private readonly inputs: (TensorType & { name: string })[] = [];
  private readonly notices: string[] = [];
  /** The tensors that nodes read or that the program returns. */
  private readonly asked: ReadonlySet<string>;
  private parameters = 0;

  constructor(
    readonly pt2: Pt2File,
    readonly file: string,
    chosen: ChosenSizes,
  ) {
    this.sizes = new SymbolicSizes(
      file,
      () => "Export without dynamic_shapes for this axis, with an example input of the size to be proven.",
      chosen,
    );
    const { tensor_values, nodes } = pt2.program.graph_module.graph;
    const returned = pt2.program.graph_module.signature.output_specs.flatMap((spec) =>
      "user_output" in spec ? resultNames(spec.user_output.arg) : [],
    );
    this.asked = new Set([
      ...nodes.flatMap(({ inputs }) => inputs.flatMap(({ arg }) => resultNames(arg))),
      ...returned,
    ]);
    this.views = new Views(this.builder, this.scope, tensor_values, (node, scope) =>
      this.apply(new AtenCall(this.builder, functionalName(operatorName(node)), node.inputs, scope)),
    );
  }

  run(): ImportedGraph {
    const { graph, signature } = this.pt2.program.graph_module;
    for (const spec of signature.input_specs) this.bindInput(spec);
    this.sizes.requireAllUsed();
    this.notices.push(...this.sizes.notices);
    for (const node of graph.nodes) this.lowerNode(node);
    const [inputs, outputs, parameters, notices] = [
      this.inputs,
      this.outputs(),
      this.parameters,
      this.notices,
    ];
    return complete(this.log, { inputs, outputs, parameters, notices }, this.file);
  }

  private bindInput(spec: Pt2File["program"]["graph_module"]["signature"]["input_specs"][number]): void {
    if ("parameter" in spec) {
      const { arg, parameter_name } = spec.parameter;
      this.parameters += sizeOf(this.builder.shapeOf(this.bindTensor(arg.name, parameter_name)));
    } else if ("buffer" in spec) {
      const { arg, buffer_name } = spec.buffer;
      const shape = this.builder.shapeOf(this.bindTensor(arg.name, buffer_name));
      // Where a model is quantized its weights are buffers.
      if (NARROW.has(this.scalarType(arg.name)) && sizeOf(shape) > 1) this.parameters += sizeOf(shape);
    } else if ("tensor_constant" in spec) {
      this.bindTensor(spec.tensor_constant.arg.name, spec.tensor_constant.tensor_constant_name);
    } else if ("user_input" in spec) {
      const name = tensorName(spec.user_input.arg);
      // Inputs that are not tensors were constants of the export, and the program holds their values.
      if (name !== undefined) this.bindUserInput(name);
    } else if (spec.other !== "constant_input") {
      // A constant argument of the export needs nothing: the program holds its value.
      throw new OperatorError(
        `it has an input of the kind "${spec.other}"; only tensors can be inputs of a circuit`,
      );
    }
  }

  private bindTensor(name: string, qualifiedName: string): ValueId {
    const read = this.pt2.tensors.get(qualifiedName);
    if (read === undefined) throw damaged(this.file, `the tensor "${qualifiedName}" is missing`);
    const id = this.builder.constant(read(), qualifiedName);
    this.scope.tensors.set(name, id);
    return id;
  }

  private scalarType(name: string): number {
    const values = this.pt2.program.graph_module.graph.tensor_values;
    return Object.hasOwn(values, name) ? values[name].dtype : 0;
  }

  private bindUserInput(name: string): void {
    const values = this.pt2.program.graph_module.graph.tensor_values;
    const meta = Object.hasOwn(values, name) ? values[name] : undefined;
    if (meta === undefined) throw damaged(this.file, `nothing is known of the input "${name}"`);
    const shape = this.sizes.shapeOf(name, meta.sizes);
    const type = { dtype: dtypeOf(elementType(meta.dtype)), shape };
    this.inputs.push({ name, ...type });
    this.scope.tensors.set(name, this.builder.input(name, type));
  }

  private lowerNode(node: ProgramNode): void {
    if (isAssertion(node.target)) return;
    const names = node.outputs.flatMap(resultNames);
    const operator = operatorName(node);
    const reads = (result: number): boolean => names[result] !== undefined && this.asked.has(names[result]);
    const call = new AtenCall(this.builder, functionalName(operator), node.inputs, this.scope, reads);
    const layer = { name: names[0] ?? operator, operator, module: modulePath(node) };
    this.log.lower(layer, () => {
      const size = lowerSize(call);
      if (size !== undefined) {
        for (const name of names) this.scope.sizes.set(name, size);
        return [];
      }
      const results = this.apply(call);
      const absent = names.find((name, i) => results[i] === undefined && this.asked.has(name));
      if (absent !== undefined)
        throw new OperatorError(`its result ${names.indexOf(absent)} is not supported, only those before`);
      this.bindResults(node, operator, names, results);
      return results;
    });
  }

  private bindResults(
    node: ProgramNode,
    operator: string,
    names: readonly string[],
    results: readonly ValueId[],
  ): void {
    const first = node.inputs[0] && tensorName(node.inputs[0].arg);
    if (isInPlace(operator) && first !== undefined) this.views.mutate(first, results[0]);
    results.forEach((id, i) => {
      if (names[i] !== undefined) this.scope.tensors.set(names[i], id);
    });
    if (first !== undefined) this.views.record(node, isInPlace(operator) ? "same" : operator, first, names);
  }

  private apply(call: AtenCall): readonly ValueId[] {
    const rule = atenRules.get(call.operator);
    if (rule === undefined) throw new OperatorError(adviceFor(call.operator));
    const result = rule(call);
    return typeof result === "string" ? [result] : result;
  }

  private outputs(): { name: string; id: ValueId | undefined }[] {
    const specs = this.pt2.program.graph_module.signature.output_specs;
    const references = specs.flatMap((spec) => ("user_output" in spec ? [spec.user_output.arg] : []));
    if (references.length < specs.length) {
      this.notices.push(
        "The model updates buffers of its own; every proof starts from their exported values.",
      );
    }
    // A result may be None or a number, too.
    const tensors = references.map(tensorName);
    const names = outputNames(
      this.pt2.program,
      tensors.map((tensor) => tensor !== undefined),
    );
    const taken = new Set(this.inputs.map(({ name }) => name));
    return tensors
      .filter((tensor) => tensor !== undefined)
      .map((tensor, i) => {
        const name = taken.has(names[i]) ? `${names[i]}_out` : names[i];
        return { name, id: this.scope.tensors.get(tensor) };
      });
  }
}

/** torch's scalar types uint8 and int8. */
const NARROW: ReadonlySet<number> = new Set([1, 2]);

function tensorName(argument: ExportedArgument): string | undefined {
  const reference = argument.as_tensor as { name?: unknown } | undefined;
  return typeof reference?.name === "string" ? reference.name : undefined;
}

/** The names that an argument gives: one tensor, a list of them, or a size. */
function resultNames(argument: ExportedArgument): string[] {
  const name = tensorName(argument);
  if (name !== undefined) return [name];
  if (Array.isArray(argument.as_tensors)) {
    return argument.as_tensors.flatMap((entry: unknown) => tensorName({ as_tensor: entry }) ?? []);
  }
  const size = (argument.as_sym_int ?? argument.as_sym_bool ?? argument.as_sym_float) as
    { as_name?: unknown } | undefined;
  return typeof size?.as_name === "string" ? [size.as_name] : [];
}

function operatorName({ target }: ProgramNode): string {
  return target.replace(/^torch\.ops\./, "");
}

/**
 * "aten.relu_.default" -> "aten.relu.default": the graph's values never change, so one rule serves both, and aliases.
 */
function functionalName(operator: string): string {
  return canonicalName(isInPlace(operator) ? operator.replace(/_(\.\w+)$/, "$1") : operator);
}

/** "aten.relu_.default", but not "aten.__and__.Tensor". */
function isInPlace(operator: string): boolean {
  return /^aten\.\w*[^_]_\.\w+$/.test(operator);
}
