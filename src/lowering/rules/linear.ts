import { sizeOf, walk } from "../../graph/tensor.js";
import { intOf } from "../../operators/attributes.js";
import { OperatorError } from "../../operators/operator.js";
import { windowOf, windowPositions, windowTable } from "../../operators/window.js";
import { narrowed } from "../lowering.js";
import type { LinearMap } from "../types.js";
import { constantOf, operandOf, vectorOr0, type LoweringRule } from "./rule.js";

/** x [..., in] times a constant weight [out, in]: rows share the weight. */
const linear: LoweringRule = {
  // Rows beyond the first read the same weights, so their elements must share scales.
  scales: "any",
  lower({ lowering, site, inputs }) {
    const x = operandOf(inputs, 0);
    const weight = constantOf(inputs, 1);
    const [channels, taps] = weight.shape as [number, number];
    const positions = sizeOf(x.shape) / taps;
    const index = Int32Array.from({ length: positions * taps }, (_, i) => i);
    const bias = vectorOr0(inputs, 2, channels);
    const map: LinearMap = { channels, positions, taps, groups: 1, weights: weight.data, index, bias };
    const shape = site.types[0].shape;
    if (positions === 1) return [lowering.linear(site, x, map, shape)];
    const accumulators = lowering.linear(site, x, map, [channels, positions]);
    const order = Int32Array.from({ length: channels * positions }, (_, i) => {
      return (i % channels) * positions + Math.floor(i / channels);
    });
    return [lowering.view(site, [accumulators], order, shape)];
  },
};

const conv: LoweringRule = {
  scales: "any",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const weight = constantOf(inputs, 1);
    const spatial = x.shape.slice(2);
    const window = windowOf(attributes, weight.shape.slice(2), spatial.length);
    const groups = intOf(attributes, "groups");
    const [samples, planes] = x.shape as [number, number];
    const cells = windowTable(spatial, window, windowPositions(spatial, window));
    const places = sizeOf(windowPositions(spatial, window));
    const kernel = sizeOf(window.kernel);
    const perGroup = weight.shape[1]!;
    const taps = perGroup * kernel;
    const area = sizeOf(spatial);
    // The samples of a batch are further positions of the same kernel.
    const positions = samples * places;
    const index = Int32Array.from({ length: groups * positions * taps }, (_, i) => {
      const k = i % taps;
      const position = Math.floor(i / taps) % positions;
      const cell = cells[(position % places) * kernel + (k % kernel)]!;
      const first = Math.floor(position / places) * planes + Math.floor(i / (taps * positions)) * perGroup;
      return cell < 0 ? -1 : (first + Math.floor(k / kernel)) * area + cell;
    });
    const channels = weight.shape[0]!;
    const bias = vectorOr0(inputs, 2, channels);
    const map = { channels, positions, taps, groups, weights: weight.data, index, bias };
    const shape = site.types[0].shape;
    if (samples === 1) return [lowering.linear(site, x, map, shape)];
    const accumulators = lowering.linear({ ...site, pooling: undefined }, x, map, [channels, positions]);
    const order = Int32Array.from({ length: channels * positions }, (_, i) => {
      const [sample, place] = [Math.floor(i / (channels * places)), i % places];
      return (Math.floor(i / places) % channels) * positions + sample * places + place;
    });
    return [lowering.view(site, [accumulators], order, shape)];
  },
};

/** weight [C, O / groups, kernel…]: an output reads the input places whose window reaches it. */
const convTranspose: LoweringRule = {
  scales: "any",
  lower({ lowering, site, inputs, attributes, operator }) {
    const x = operandOf(inputs, 0);
    const weight = constantOf(inputs, 1);
    requireOneSample(x.shape[0]!);
    const groups = intOf(attributes, "groups");
    const shape = site.types[0].shape;
    const [perGroupIn, perGroupOut] = [x.shape[1]! / groups, weight.shape[1]!];
    const channels = perGroupOut * groups;
    const area = sizeOf(x.shape.slice(2));
    const kernel = sizeOf(weight.shape.slice(2));
    const positions = sizeOf(shape.slice(2));
    const cells = transposedCells(operator, x.shape, weight.shape, attributes, positions);
    const taps = perGroupIn * kernel;
    const index = Int32Array.from({ length: groups * positions * taps }, (_, i) => {
      const k = i % taps;
      const group = Math.floor(i / (taps * positions));
      const cell = cells[(Math.floor(i / taps) % positions) * kernel + (k % kernel)]!;
      return cell < 0 ? -1 : (group * perGroupIn + Math.floor(k / kernel)) * area + cell;
    });
    const weights = new Float64Array(channels * taps);
    walk([channels, perGroupIn, kernel], [0, 0, 0], 0, (i) => {
      const [c, k] = [Math.floor(i / taps), i % taps];
      const input = Math.floor(c / perGroupOut) * perGroupIn + Math.floor(k / kernel);
      weights[i] = weight.data[(input * perGroupOut + (c % perGroupOut)) * kernel + (k % kernel)]!;
    });
    const bias = vectorOr0(inputs, 2, channels);
    return [lowering.linear(site, x, { channels, positions, taps, groups, weights, index, bias }, shape)];
  },
};

/** For every output place and kernel element, the input place that it brings there; found by the float rule itself. */
function transposedCells(
  operator: Parameters<LoweringRule["lower"]>[0]["operator"],
  x: readonly number[],
  weight: readonly number[],
  attributes: Parameters<LoweringRule["lower"]>[0]["attributes"],
  positions: number,
): Int32Array {
  const kernel = sizeOf(weight.slice(2));
  const area = sizeOf(x.slice(2));
  const cells = new Int32Array(positions * kernel).fill(-1);
  // One kernel element at a time, over places numbered from 1: each output place gets at most one of them.
  const numbered = { dtype: "float", shape: [1, 1, ...x.slice(2)] } as const;
  const data = Float64Array.from({ length: area }, (_, i) => i + 1);
  for (let k = 0; k < kernel; k++) {
    const single = new Float64Array(kernel);
    single[k] = 1;
    const [moved] = operator.evaluate(
      [
        { ...numbered, data },
        { dtype: "float", shape: [1, 1, ...weight.slice(2)], data: single },
      ],
      { ...attributes, groups: 1 },
    );
    moved.data.forEach((place, p) => (cells[p * kernel + k] = place - 1));
  }
  return cells;
}

/** Product of two computed matrices, batch by batch. */
const matmul: LoweringRule = {
  scales: "one",
  lower({ lowering, site, inputs }) {
    const [a, b] = [0, 1].map((i) =>
      lowering.settle(site.name, narrowed(lowering, site, operandOf(inputs, i), i)),
    );
    const shape = site.types[0].shape;
    const [rows, columns] = shape.slice(-2) as [number, number];
    const inner = a.shape.at(-1)!;
    const batch = sizeOf(shape.slice(0, -2));
    // Broadcasting of the leading axes is wiring.
    const wide = [a, b].map((x, i) => {
      const target = [...shape.slice(0, -2), ...x.shape.slice(-2)];
      return lowering.broadcast(i === 0 ? site : { ...site, name: `${site.name}.b` }, x, target);
    });
    return [lowering.matmul(site, wide[0], wide[1], { batch, rows, inner, columns }, shape)];
  },
};

function requireOneSample(batch: number): void {
  if (batch !== 1) throw new OperatorError(`a batch of ${batch} samples cannot be proved, only one`);
}

export const linearRules: readonly (readonly [string, LoweringRule])[] = [
  ["linear", linear],
  ["conv", conv],
  ["convTranspose", convTranspose],
  ["matmul", matmul],
];
