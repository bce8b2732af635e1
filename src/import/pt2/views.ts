import type { GraphBuilder } from "../../graph/builder.js";
import { sizeOf, stridesOf, tensor } from "../../tensor/tensor.js";
import type { ValueId } from "../../graph/types.js";
import { OperatorError } from "../../errors/operatorError.js";
import { overwrite } from "../compose/indexing.js";
import { reshape } from "../compose/movement.js";
import type { ProgramScope } from "./call.js";
import type { ProgramNode, TensorMeta } from "./program.js";

/**
 * PyTorch's views share memory: an in-place operator on one of them changes all. The graph's values never change, so
 * after such an operator every name of the same memory gets its new value here.
 */

/** Operators whose results are always views of their first argument. */
const alwaysViews = new Set(
  (
    "view.default view_as.default transpose.int permute.default t.default select.int slice.Tensor narrow.default " +
    "unsqueeze.default squeeze.default squeeze.dim squeeze.dims expand.default expand_as.default unflatten.int " +
    "alias.default detach.default split.Tensor split.sizes split_with_sizes.default chunk.default unbind.int " +
    "diagonal.default movedim.int movedim.intlist broadcast_to.default dropout.default positive.default " +
    "moveaxis.int moveaxis.intlist swapaxes.default swapdims.default mT.default mH.default adjoint.default " +
    "numpy_T.default unfold.default real.default conj.default _conj.default resolve_neg.default " +
    "resolve_conj.default tensor_split.sections tensor_split.indices hsplit.int hsplit.array vsplit.int " +
    "vsplit.array dsplit.int dsplit.array unsafe_chunk.default alpha_dropout.default " +
    "feature_alpha_dropout.default feature_dropout.default atleast_1d.default atleast_2d.default " +
    "atleast_3d.default _reshape_alias.default"
  )
    .split(" ")
    .map((name) => `aten.${name}`),
);

/** Operators whose results are views where the argument's memory is contiguous, and otherwise perhaps. */
const viewsOfContiguous = new Set([
  "aten.reshape.default",
  "aten.flatten.using_ints",
  "aten.reshape_as.default",
  "aten.ravel.default",
]);

/** Operators that return their argument itself unless they have something to do. */
const identityAtTimes = new Set([
  "aten.to.dtype",
  "aten.to.device",
  "aten.to.dtype_layout",
  "aten.contiguous.default",
]);

interface View {
  readonly source: string;
  /** The node that makes the view; none where it is the source itself, as the result of an in-place operator is. */
  readonly node: ProgramNode | undefined;
  /** Which of the node's results this is. */
  readonly index: number;
  /** The file does not say whether the memory is shared. */
  readonly unsure: boolean;
}

/** Lowers a node again under other values of its arguments. */
export type Replay = (node: ProgramNode, scope: ProgramScope) => readonly ValueId[];

export class Views {
  /** In the order in which the program makes them. */
  private readonly views = new Map<string, View>();

  constructor(
    readonly builder: GraphBuilder,
    readonly scope: ProgramScope,
    readonly metas: Readonly<Record<string, TensorMeta>>,
    readonly replay: Replay,
  ) {}

  /** Notes the results that share memory with `source`, the node's first argument, or are "same" as it. */
  record(node: ProgramNode, operator: string, source: string, results: readonly string[]): void {
    if (operator === "same") {
      for (const name of results) this.views.set(name, { source, node: undefined, index: 0, unsure: false });
      return;
    }
    const contiguous = this.isContiguous(source);
    const sharing =
      alwaysViews.has(operator) ||
      viewsOfContiguous.has(operator) ||
      (identityAtTimes.has(operator) &&
        results.every((name) => this.scope.tensors.get(name) === this.scope.tensors.get(source)));
    if (!sharing || (operator === "aten.contiguous.default" && !contiguous)) return;
    const unsure = viewsOfContiguous.has(operator) && !contiguous;
    results.forEach((name, index) => this.views.set(name, { source, node, index, unsure }));
  }

  /** Gives `target` the result of an in-place operator, and every name of the same memory what follows from it. */
  mutate(target: string, result: ValueId): void {
    const root = this.rootOf(target);
    const members = [...this.views].filter(([name]) => this.rootOf(name) === root);
    if (members.some(([, { unsure }]) => unsure)) {
      throw new OperatorError(
        "it changes memory that a reshape may share; export with run_decompositions({}), which has no in-place operators",
      );
    }
    if (target !== root) this.scope.tensors.set(root, this.written(root, target, result));
    this.scope.tensors.set(target, result);
    for (const [name, view] of members) {
      if (name !== target) this.scope.tensors.set(name, this.valueOf(view, this.scope));
    }
  }

  private rootOf(name: string): string {
    let root = name;
    for (let view = this.views.get(root); view !== undefined; view = this.views.get(root)) root = view.source;
    return root;
  }

  /** The root's value after `result` was written through the view. */
  private written(root: string, view: string, result: ValueId): ValueId {
    const value = this.scope.tensors.get(root)!;
    const shape = this.builder.shapeOf(value);
    const all = tensor(
      "int",
      shape,
      Float64Array.from({ length: sizeOf(shape) }, (_, i) => i),
    );
    // Running the views over the elements' own numbers shows where each of the view's elements lies.
    const positions = this.builder.constantOf(
      this.through(view, root, this.builder.constant(all, "positions")),
    );
    if (positions === undefined)
      throw new OperatorError("it writes through a view that depends on the model's input");
    return reshape(this.builder, overwrite(this.builder, value, positions.data, result), shape);
  }

  private through(view: string, root: string, rootValue: ValueId): ValueId {
    if (view === root) return rootValue;
    const entry = this.views.get(view)!;
    const inner = this.through(entry.source, root, rootValue);
    const tensors = new Map(this.scope.tensors).set(entry.source, inner);
    return this.valueOf(entry, { tensors, sizes: this.scope.sizes });
  }

  private valueOf({ source, node, index }: View, scope: ProgramScope): ValueId {
    return node === undefined ? scope.tensors.get(source)! : this.replay(node, scope)[index];
  }

  private isContiguous(name: string): boolean {
    const meta = Object.hasOwn(this.metas, name) ? this.metas[name] : undefined;
    if (meta === undefined) return false;
    const sizes = meta.sizes.map((size) => (typeof size === "number" ? size : NaN));
    const wanted = stridesOf(sizes);
    return meta.strides.every((stride, axis) => sizes[axis] === 1 || stride === wanted[axis]);
  }
}
