import { sizeOf } from "../tensor/tensor.js";
import type { Graph, GraphNode, GraphValue, ValueId } from "../graph/types.js";
import type { Tensor } from "../tensor/types.js";
import { broadcastData } from "../operators/binary.js";
import { operatorOf } from "../operators/index.js";

/** What an element can be that chooses from tables: every whole number from `lo` to `hi`. */
export interface IndexDomain {
  readonly lo: number;
  readonly hi: number;
}

/** Elements of an input that a value holds as they are or plus a constant. -1: another number. */
interface Trace {
  readonly source: Float64Array;
  readonly plus: Float64Array;
}

/**
 * For each element of an integer input the rows of all tables that it chooses from, through any movements and constant
 * offsets; to be compared with 0, 1, … n - 1 (one-hot) is to choose from n. Undefined for one that chooses from none.
 */
export function indexDomains(graph: Graph, { id, shape }: GraphValue): (IndexDomain | undefined)[] {
  const size = sizeOf(shape);
  const domains = new Array<IndexDomain | undefined>(size);
  const limit = ({ source, plus }: Trace, rows: number): void =>
    source.forEach((element, i) => {
      if (element < 0) return;
      const { lo, hi } = domains[element] ?? { lo: 0, hi: Infinity };
      domains[element] = { lo: Math.max(lo, -plus[i]), hi: Math.min(hi, rows - 1 - plus[i]) };
    });
  const traces = new Map<ValueId, Trace>([
    [id, { source: Float64Array.from({ length: size }, (_, i) => i), plus: new Float64Array(size) }],
  ]);
  for (const node of graph.nodes) {
    const [x, y] = node.inputs;
    if (node.op === "gather" && traces.has(y)) {
      limit(traces.get(y)!, graph.types.get(x)!.shape[node.attributes.axis as number]);
    } else if (node.op === "equal") {
      for (const [index, labels] of [
        [x, y],
        [y, x],
      ]) {
        const count = labelsIn(graph.constants.get(labels));
        if (traces.has(index) && count > 0) limit(traces.get(index)!, count);
      }
    } else {
      const trace = through(graph, node, traces);
      if (trace !== undefined) traces.set(node.outputs[0], trace);
    }
  }
  return domains;
}

/** How many labels 0, 1, … a constant lists; 0 for any other. */
function labelsIn(labels: Tensor | undefined): number {
  const counts =
    labels !== undefined && labels.data.length > 1 && labels.data.every((label, i) => label === i);
  return counts ? labels.data.length : 0;
}

/** Where elements go through a movement, a cast, or a sum with a constant; undefined through anything else. */
function through(graph: Graph, node: GraphNode, traces: ReadonlyMap<ValueId, Trace>): Trace | undefined {
  const { op, inputs, outputs, attributes } = node;
  if (!inputs.some((id) => traces.has(id)) || outputs.length > 1) return undefined;
  if (op === "cast") return attributes.to === "bool" ? undefined : traces.get(inputs[0]);
  if (op === "add" || op === "sub") return plusConstant(graph, node, traces);
  const constant = op.startsWith("gather") && graph.constants.has(inputs[1]);
  return operatorOf(op).moves || constant ? moved(graph, node, traces) : undefined;
}

function plusConstant(
  graph: Graph,
  { op, inputs, outputs }: GraphNode,
  traces: ReadonlyMap<ValueId, Trace>,
): Trace | undefined {
  const [first, second] = inputs;
  const [id, constant] = traces.has(first) || op === "sub" ? [first, second] : [second, first];
  const trace = traces.get(id);
  const added = graph.constants.get(constant);
  if (trace === undefined || added === undefined || !added.data.every(Number.isInteger)) return undefined;
  const { shape } = graph.types.get(outputs[0])!;
  const spread = (data: Float64Array) => broadcastData({ ...graph.types.get(id)!, data }, shape);
  const sign = op === "sub" ? -1 : 1;
  const terms = broadcastData(added, shape);
  return {
    source: spread(trace.source),
    plus: spread(trace.plus).map((plus, i) => plus + sign * terms[i]),
  };
}

/** Runs a movement on the numbers of traced elements, twice with different ones: what differs is such an element. */
function moved(graph: Graph, node: GraphNode, traces: ReadonlyMap<ValueId, Trace>): Trace | undefined {
  const all: { element: number; plus: number }[] = [];
  const starts = node.inputs.map((id) => {
    const start = all.length;
    const trace = traces.get(id);
    trace?.source.forEach((element, i) => all.push({ element, plus: trace.plus[i] }));
    return start;
  });
  const run = (first: number): Float64Array => {
    const inputs = node.inputs.map((id, at): Tensor => {
      const { shape } = graph.types.get(id)!;
      const known = graph.constants.get(id);
      if (known !== undefined) return known;
      const step = traces.has(id) ? 1 : 0;
      const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => (first + starts[at] + i) * step);
      return { dtype: "float", shape, data };
    });
    return operatorOf(node.op).evaluate(inputs, node.attributes)[0].data;
  };
  const [once, again] = [run(1), run(1 + all.length)];
  const entryOf = (i: number) => (once[i] === again[i] ? undefined : all[once[i] - 1]);
  return {
    source: once.map((_, i) => entryOf(i)?.element ?? -1),
    plus: once.map((_, i) => entryOf(i)?.plus ?? 0),
  };
}
