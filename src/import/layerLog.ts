import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { GraphBuilder, NamedOutput } from "../graph/builder.js";
import type { Graph, ValueId } from "../graph/types.js";
import type { Shape, TensorType } from "../tensor/types.js";
import { OperatorError } from "../errors/operatorError.js";
import { damaged, exportRecipe, printable } from "./exportRecipe.js";

/** An operator of the file as its format names it. */
export interface Layer {
  readonly name: string;
  /** The format's operator, "aten.linear.default" or "Gemm". */
  readonly operator: string;
  /** The PyTorch module, "" at the top. */
  readonly module: string;
  /** Shape of the first output; undefined where an operator before is not supported. */
  readonly shape?: Shape;
}

export interface Unsupported {
  readonly operator: string;
  readonly node: string;
  readonly module: string;
  /** Why, and what the operator was given. */
  readonly reason: string;
}

/** What lowering a file's nodes gave; the graph only where every node was supported. */
export interface ImportedGraph {
  readonly graph: Graph | undefined;
  readonly inputs: readonly (TensorType & { readonly name: string })[];
  readonly outputs: readonly { readonly name: string; readonly shape?: Shape }[];
  /** Elements of all trained tensors. */
  readonly parameters: number;
  readonly layers: readonly Layer[];
  readonly unsupported: readonly Unsupported[];
  readonly notices: readonly string[];
}

/** Characters of a reason: it ends in what to do instead, and begins with what may come from the file. */
const MOST_REASON = 400;

/** Thrown where a value is used that an unsupported node should have made. */
export class Unavailable extends Error {}

/** Collects layers and failures while an importer walks over its nodes. */
export class LayerLog {
  readonly layers: Layer[] = [];
  readonly unsupported: Unsupported[] = [];

  constructor(readonly builder: GraphBuilder) {}

  /** Runs one node's rule. Returns its results, or undefined after noting why there are none. */
  lower(source: Omit<Layer, "shape">, rule: () => readonly ValueId[]): readonly ValueId[] | undefined {
    const node = {
      name: printable(source.name),
      operator: printable(source.operator),
      module: printable(source.module),
    };
    this.builder.module = node.module;
    try {
      const results = rule();
      const first = results[0];
      this.layers.push(first === undefined ? node : { ...node, shape: this.builder.shapeOf(first) });
      return results;
    } catch (error) {
      this.layers.push(node);
      // What does not fit within a node is a matter of the node; the file around it may be whole.
      if (error instanceof OperatorError || error instanceof RangeError) {
        const { operator, name, module } = node;
        this.unsupported.push({
          operator,
          node: name,
          module,
          reason: printable(error.message, MOST_REASON),
        });
      } else if (!(error instanceof Unavailable)) {
        throw error;
      }
      return undefined;
    }
  }
}

/** What an importer has at the end: all that it lowered, and which values are the model's outputs. */
interface Lowered {
  readonly inputs: ImportedGraph["inputs"];
  /** Without a value where no node computed it. */
  readonly outputs: readonly { readonly name: string; readonly id: ValueId | undefined }[];
  readonly parameters: number;
  readonly notices: readonly string[];
}

/** Finishes the graph where every node was supported. `file` is for the error when an output is missing all the same. */
export function complete(log: LayerLog, { outputs, ...rest }: Lowered, file: string): ImportedGraph {
  const { builder, layers, unsupported } = log;
  const found = outputs.filter((output): output is NamedOutput => output.id !== undefined);
  if (unsupported.length === 0 && (found.length < outputs.length || found.length === 0)) {
    const missing = outputs.filter(({ id }) => id === undefined).map(({ name }) => `"${name}"`);
    throw damaged(file, `an output of the model is never computed: ${missing.join(", ")}`);
  }
  return {
    ...rest,
    graph: unsupported.length === 0 ? builder.finish(found) : undefined,
    outputs: outputs.map(({ name, id }) => ({
      name,
      shape: id === undefined ? undefined : builder.shapeOf(id),
    })),
    layers,
    unsupported,
  };
}

const SHOWN = 40;

/** One error that lists everything in the file that is not supported. */
export function unsupportedError(file: string, unsupported: readonly Unsupported[]): Torch2CircomError {
  const lines = unsupported
    .slice(0, SHOWN)
    .map(
      ({ operator, node, module, reason }) =>
        `    ${operator} at ${node}${module === "" ? "" : ` in ${module}`}: ${reason}`,
    );
  const more = unsupported.length > SHOWN ? `\n    and ${unsupported.length - SHOWN} more` : "";
  const count = unsupported.length === 1 ? "an operator that is" : `${unsupported.length} operators that are`;
  return new Torch2CircomError(
    "MODEL_UNSUPPORTED",
    `${printable(file)} uses ${count} not supported:\n${lines.join("\n")}${more}`,
    `Replace them in the PyTorch model, or export it decomposed into simpler operators:\n\n  ${exportRecipe.replace("run_decompositions({})", "run_decompositions()")}\n`,
  );
}
