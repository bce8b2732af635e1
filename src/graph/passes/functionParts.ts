import { isScalar, type FormulaStep, type Term } from "../../operators/function.js";
import { sameShape } from "../../tensor/tensor.js";
import type { Graph, GraphNode, ValueId } from "../types.js";

/** Nodes that together are a function of one number: of each element of `source`. */
export interface Part {
  readonly source: ValueId;
  /** In the graph's order; the last one computes the function. */
  readonly members: readonly GraphNode[];
}

/** Steps of a part at most: a longer chain is folded piece by piece. */
const MOST_STEPS = 64;

/** Questions about the values of a finished graph. */
export class PartFinder {
  private readonly producers = new Map<ValueId, { node: GraphNode; place: number }>();
  private readonly readers = new Map<ValueId, (GraphNode | undefined)[]>();

  constructor(readonly graph: Graph) {
    const read = (id: ValueId, node?: GraphNode) => {
      const known = this.readers.get(id);
      if (known === undefined) this.readers.set(id, [node]);
      else known.push(node);
    };
    graph.nodes.forEach((node, place) => {
      for (const id of node.outputs) this.producers.set(id, { node, place });
      for (const id of node.inputs) read(id, node);
    });
    for (const { id } of graph.outputs) read(id);
  }

  /** The parts that end in a node, each of the next more steps than the one before it. */
  partsEndingIn(node: GraphNode): Part[] {
    if (!this.isStep(node) || this.graph.types.get(node.outputs[0])!.dtype !== "float") return [];
    const parts: Part[] = [];
    const members = [node];
    const open = new Set(this.variables(node));
    while (members.length < MOST_STEPS) {
      const [source] = open;
      if (source === undefined) break;
      if (open.size === 1 && this.graph.types.get(source)!.dtype === "float") {
        parts.push({ source, members: members.toReversed() });
      }
      // All that the latest value is read for is known by now: it becomes a step itself, or no part reaches beyond it.
      const latest = [...open]
        .map((id) => this.producers.get(id))
        .reduce((a, b) => ((a?.place ?? -1) > (b?.place ?? -1) ? a : b));
      if (latest === undefined || !this.isStep(latest.node)) break;
      open.delete(latest.node.outputs[0]);
      for (const id of this.variables(latest.node)) open.add(id);
      members.push(latest.node);
    }
    return parts;
  }

  /** Members that others need too, and what these are computed from. */
  sharedOf({ members, source }: Part): Set<GraphNode> {
    const within = new Set(members);
    const lines = this.linesOf({ members, source });
    const shared = new Set<GraphNode>();
    for (const node of members.toReversed()) {
      if (node === members.at(-1)) continue;
      const readers = this.readers.get(node.outputs[0])!;
      const outside = readers.some((reader) => reader === undefined || !within.has(reader));
      // What only scales and shifts can be had twice for nothing.
      if ((outside && !lines.has(node)) || readers.some((reader) => reader && shared.has(reader)))
        shared.add(node);
    }
    return shared;
  }

  /** The members that only scale and shift the source. */
  linesOf({ members, source }: Part): Set<GraphNode> {
    const straight = new Set([source]);
    return new Set(
      members.filter((node) => {
        const line =
          (this.isScaling(node) || node.op === "add" || node.op === "sub") &&
          node.inputs.every((id) => straight.has(id) || this.graph.constants.has(id));
        if (line) straight.add(node.outputs[0]);
        return line;
      }),
    );
  }

  /** Whether the node only scales and shifts its one variable operand. */
  isScaling({ op, inputs, attributes }: GraphNode): boolean {
    const constants = inputs.map((id) => this.graph.constants.has(id));
    if (op === "add" || op === "sub" || op === "mul") return constants.includes(true);
    return op === "div" ? constants[1] : op === "finite" || (op === "cast" && attributes.to === "float");
  }

  stepsOf({ members, source }: Part): FormulaStep[] {
    const places = new Map(members.map((node, place) => [node.outputs[0], place]));
    const term = (id: ValueId): Term =>
      id === source ? "x" : (this.graph.constants.get(id)?.data[0] ?? { step: places.get(id)! });
    return members.map(({ op, attributes, inputs }) => ({ op, attributes, operands: inputs.map(term) }));
  }

  private variables(node: GraphNode): ValueId[] {
    return node.inputs.filter((id) => !this.graph.constants.has(id));
  }

  /** Whether the node does the same to each element: its constants are one number, and none of them is infinite. */
  private isStep({ op, inputs, outputs }: GraphNode): boolean {
    if (!isScalar(op) || op === "isNaN" || op === "isInfinite") return false;
    const typeOf = (id: ValueId) => this.graph.types.get(id)!;
    // A table has no place of its own for the one number that is told from all others.
    if (op === "equal" && inputs.every((id) => typeOf(id).dtype !== "bool")) return false;
    const { shape } = typeOf(outputs[0]);
    return inputs.every((id) => {
      const data = this.graph.constants.get(id)?.data;
      if (data === undefined) return sameShape(typeOf(id).shape, shape);
      return Number.isFinite(data[0]) && data.every((value) => value === data[0]);
    });
  }
}
