import { expect } from "chai";
import { GraphBuilder } from "../../src/graph/builder.js";
import { interpret } from "../../src/graph/interpret.js";
import { tensor } from "../../src/tensor/tensor.js";
import type { Graph, GraphNode, ValueId } from "../../src/graph/types.js";
import type { Tensor } from "../../src/tensor/types.js";
import { execute } from "../../src/program/execute.js";
import { dequantizeOutput, quantizeInputs } from "../../src/quantize/inputs.js";
import type { ChosenBits } from "../../src/search/precision.js";
import { integerModel } from "../helpers/integers.js";
import { randomNumbers, randomTensor } from "../helpers/models.js";

const MODELS = 60;
const COUNT = 12;

/** Chains and joins of layers, whose weights are of sizes over six decades, with offsets. */
function draw(seed: number): Graph {
  const next = randomNumbers(seed);
  const whole = (most: number) => Math.min(most - 1, Math.floor(((next() + 1) / 2) * most));
  const size = () => 10 ** (3 * next());
  const b = new GraphBuilder();
  const x = b.input("x", { dtype: "float", shape: [1, 4] });
  const values: ValueId[] = [x];
  const pick = () => values[Math.max(0, values.length - 1 - whole(3))];
  const widthOf = (id: ValueId) => b.shapeOf(id)[1];
  const linear = (from: ValueId, width: number) => {
    const factor = size();
    const weight = randomTensor([width, widthOf(from)], next);
    const offset = randomTensor([width], next);
    return b.apply("linear", [
      from,
      b.constant({ ...weight, data: weight.data.map((w) => w * factor) }),
      b.constant({ ...offset, data: offset.data.map((w) => w * factor * 3) }),
    ]);
  };
  const perFeature = (id: ValueId, value: () => number) =>
    b.constant(tensor("float", [widthOf(id)], Array.from({ length: widthOf(id) }, value)));
  for (let layer = 0; layer < 3 + whole(5); layer++) {
    b.module = `layer${layer}`;
    const from = pick();
    const other = pick();
    const kinds: (() => ValueId)[] = [
      () => linear(from, 2 + whole(4)),
      () => b.apply("relu", [from]),
      () => b.apply("concat", [from, other], { axis: 1 }),
      () => b.apply("add", [linear(from, widthOf(other)), other]),
      () => b.apply("mul", [from, perFeature(from, () => size() * (next() < 0 ? -1 : 1))]),
      () => b.apply("sub", [from, perFeature(from, size)]),
    ];
    values.push(kinds[whole(kinds.length)]());
  }
  const made = values.slice(1);
  const shown = [made.at(-1)!, ...(made.length > 3 ? [made[1]] : [])].filter((id) => id !== x);
  return b.finish(shown.map((id, i) => ({ name: `y${i}`, id })));
}

/** For every element of every value, how far it is from 0 on the samples at most. */
function reachesOf(graph: Graph, samples: readonly Tensor[]): Map<ValueId, Float64Array> {
  const reaches = new Map<ValueId, Float64Array>();
  const observe = (id: ValueId, { data }: Tensor) => {
    const known = reaches.get(id);
    reaches.set(
      id,
      data.map((x, i) => Math.max(Math.abs(x), known?.[i] ?? 0)),
    );
  };
  for (const x of samples) {
    observe("x", x);
    interpret(graph, { x }, { observe });
  }
  for (const [id, { data }] of graph.constants) reaches.set(id, data.map(Math.abs));
  return reaches;
}

const most = (values: Iterable<number>): number => Math.max(0, ...values);

/**
 * A bound of the error of each element of each value, derived from the bits: an input is off by half a step; a layer
 * adds what its weights and its operands are rounded by, and passes on what its operands are off by.
 */
function boundsOf(graph: Graph, samples: readonly Tensor[], bits: ChosenBits): Map<ValueId, Float64Array> {
  const reaches = reachesOf(graph, samples);
  const input = reaches.get("x")!;
  // A step of an input, of one scale for all elements at worst, and of what is requantized: a quarter coarser for scales.
  const bounds = new Map<ValueId, Float64Array>([
    ["x", input.map(() => most(input) * 2 ** -(bits.inputBits - 1))],
  ]);
  const step = (id: ValueId) => most(reaches.get(id)!) * 2 ** -(bits.activationBits - 3);
  for (const node of graph.nodes)
    bounds.set(node.outputs[0], boundOf(node, { graph, reaches, bounds, step, bits }));
  return bounds;
}

interface Known {
  readonly graph: Graph;
  readonly reaches: ReadonlyMap<ValueId, Float64Array>;
  readonly bounds: ReadonlyMap<ValueId, Float64Array>;
  readonly step: (id: ValueId) => number;
  readonly bits: ChosenBits;
}

function boundOf(
  { op, inputs, outputs }: GraphNode,
  { graph, reaches, bounds, step, bits }: Known,
): Float64Array {
  const [x, y] = inputs as [ValueId, ValueId];
  const error = (id: ValueId) => bounds.get(id) ?? new Float64Array(reaches.get(id)!.length);
  const rounding = 2 ** -(bits.weightBits - 2);
  switch (op) {
    case "linear": {
      const { data, shape } = graph.constants.get(y)!;
      const [channels, taps] = shape as [number, number];
      return Float64Array.from({ length: channels }, (_, c) => {
        const row = data.subarray(c * taps, (c + 1) * taps).map(Math.abs);
        const [off, reach] = [error(x), reaches.get(x)!];
        // Weights of a channel share a scale, on operands of their own scales.
        const heaviest = most(row.map((w, k) => w * (reach[k] + off[k] + step(x))));
        return row.reduce((sum, w, k) => sum + w * (off[k] + step(x)), taps * heaviest * rounding);
      });
    }
    case "relu":
      return error(x).map((e) => e + step(x));
    case "concat":
      return Float64Array.from([...error(x), ...error(y)]);
    case "mul":
      return error(x).map((e, i) => e * reaches.get(y)![i] + reaches.get(outputs[0])![i] * rounding);
    default: {
      const [a, b] = [x, y].map((id) => ({ off: error(id), rounded: step(id) }));
      return a.off.map((e, i) => e + b.off[i] + a.rounded + b.rounded);
    }
  }
}

describe("integer programs of drawn models", function () {
  it("are the float model within what the bits round off, whatever the scales, or say that they are not", () => {
    let greatest = 0;
    for (let seed = 1; seed <= MODELS; seed++) {
      const graph = draw(seed);
      const next = randomNumbers(seed);
      const samples = Array.from({ length: COUNT }, () => randomTensor([1, 4], next));
      const { program, bits, notices } = integerModel(graph, { samples: { x: samples }, bits: {} });
      const bounds = boundsOf(graph, samples, bits);
      graph.outputs.forEach(({ id }, o) => {
        const shown = program.outputs[o];
        let [error, least, reach] = [0, Infinity, -Infinity];
        for (const x of samples) {
          const floats = interpret(graph, { x }).get(id)!.data;
          const integers = dequantizeOutput(
            shown,
            execute(program, quantizeInputs(program, new Map([["x", x]])))[shown.tensor],
          );
          floats.forEach((value, i) => {
            const off = Math.abs(value - integers[i]);
            const bound = bounds.get(id)![i] + 1e-9;
            expect(off, `seed ${seed}, ${id}[${i}] = ${value}`).to.be.at.most(bound);
            greatest = Math.max(greatest, off / bound);
            error = Math.max(error, off);
            least = Math.min(least, value);
            reach = Math.max(reach, value);
          });
        }
        if (error > 0.12 * (reach - least))
          expect(notices.join(), `seed ${seed}`).to.contain("is off by up to");
      });
    }
    // A bound that nothing comes near would say nothing.
    expect(greatest).to.be.greaterThan(0.1);
  });
});
