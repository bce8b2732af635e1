import { sizeOf } from "../graph/tensor.js";
import type { Attributes, GraphNode, Tensor } from "../graph/types.js";
import { broadcastData } from "../operators/arithmetic.js";
import { inputOf, intOf } from "../operators/attributes.js";
import { OperatorError, type Operator } from "../operators/operator.js";
import { windowOf, windowPositions, windowTable } from "../operators/window.js";
import type { Lowering, Site } from "./lowering.js";
import { at, compact, isConstant, type Operand, type Value } from "./operand.js";

/**
 * How an operator becomes integer operations. A rule gets the float operator too: pure movements are lowered by
 * letting it move element numbers instead of elements.
 */
export interface LoweringRule {
  lower(
    lowering: Lowering,
    site: Site,
    inputs: readonly Value[],
    attributes: Attributes,
    operator: Operator,
  ): Operand[];
  /** What the rule asks of its operands' scales: anything, one scale for all elements, or what its consumer asks. */
  readonly scales: "any" | "one" | "as consumer";
}

function operandOf(inputs: readonly Value[], index: number): Operand {
  const value = inputOf(inputs as readonly Tensor[], index) as Value;
  if (isConstant(value)) throw new OperatorError(`input ${index} must be computed, not a constant`);
  return value;
}

function constantOf(inputs: readonly Value[], index: number): Tensor {
  const value = inputOf(inputs as readonly Tensor[], index) as Value;
  if (!isConstant(value)) throw new OperatorError(`input ${index} must be a constant of the model`);
  return value;
}

function biasOf(inputs: readonly Value[], index: number, channels: number): Float64Array {
  return inputs[index] === undefined ? new Float64Array(channels) : constantOf(inputs, index).data;
}

const linear: LoweringRule = {
  scales: "any",
  lower(lowering, site, inputs) {
    const x = operandOf(inputs, 0);
    const weight = constantOf(inputs, 1);
    const [channels, taps] = weight.shape as [number, number];
    const positions = sizeOf(x.shape) / taps;
    const index = Int32Array.from({ length: positions * taps }, (_, i) => i);
    const map = {
      channels,
      positions,
      taps,
      groups: 1,
      weights: weight.data,
      index,
      bias: biasOf(inputs, 2, channels),
    };
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
  lower(lowering, site, inputs, attributes) {
    const x = operandOf(inputs, 0);
    const weight = constantOf(inputs, 1);
    const spatial = x.shape.slice(2);
    const window = windowOf(attributes, weight.shape.slice(2), spatial.length);
    const groups = intOf(attributes, "groups");
    if (x.shape[0] !== 1)
      throw new OperatorError(`a batch of ${x.shape[0]} samples cannot be proved, only one`);
    const cells = windowTable(spatial, window, windowPositions(spatial, window));
    const positions = sizeOf(windowPositions(spatial, window));
    const kernel = sizeOf(window.kernel);
    const perGroup = weight.shape[1]!;
    const taps = perGroup * kernel;
    const area = sizeOf(spatial);
    const index = Int32Array.from({ length: groups * positions * taps }, (_, i) => {
      const k = i % taps;
      const group = Math.floor(i / (taps * positions));
      const cell = cells[(Math.floor(i / taps) % positions) * kernel + (k % kernel)]!;
      return cell < 0 ? -1 : (group * perGroup + Math.floor(k / kernel)) * area + cell;
    });
    const channels = weight.shape[0]!;
    const map = {
      channels,
      positions,
      taps,
      groups,
      weights: weight.data,
      index,
      bias: biasOf(inputs, 2, channels),
    };
    return [lowering.linear(site, x, map, site.types[0].shape)];
  },
};

const relu: LoweringRule = {
  scales: "as consumer",
  lower: (lowering, site, inputs) => [lowering.relu(site, operandOf(inputs, 0), site.outputRanges[0])],
};

/** Padding never wins a maximum, so a padded place repeats another of its window. */
const maxPool: LoweringRule = {
  scales: "as consumer",
  lower(lowering, site, inputs, attributes) {
    const x = operandOf(inputs, 0);
    const spatial = x.shape.slice(2);
    const kernel = attributes.kernel as readonly number[];
    const window = windowOf(attributes, kernel, spatial.length);
    const positions = windowPositions(spatial, window);
    const cells = windowTable(spatial, window, positions);
    const width = sizeOf(kernel);
    const [count, area] = [sizeOf(positions), sizeOf(spatial)];
    const index = Int32Array.from({ length: x.shape[0]! * x.shape[1]! * count * width }, (_, i) => {
      const plane = Math.floor(i / (count * width));
      const first = (Math.floor(i / width) % count) * width;
      const own = cells.subarray(first, first + width);
      const cell = own[i % width]!;
      return plane * area + (cell >= 0 ? cell : own.find((other) => other >= 0)!);
    });
    return [lowering.max(site, x, width, index, site.types[0].shape)];
  },
};

/** Beyond 8 bits of logit the sigmoid is within 0.0004 of 0 or 1. */
const sigmoid: LoweringRule = {
  scales: "one",
  lower: (lowering, site, inputs) => [
    lowering.table(
      site,
      operandOf(inputs, 0),
      (x) => 1 / (1 + Math.exp(-x)),
      8,
      2 ** -lowering.precision.tableBits,
    ),
  ],
};

/** Reshape, transpose, slice, concatenation, …: the float rule moves element numbers instead of elements. */
const movement: LoweringRule = {
  scales: "as consumer",
  lower(lowering, site, inputs, attributes, operator) {
    const operands = inputs.map((_, i) => operandOf(inputs, i));
    let start = 0;
    const numbered = operands.map((x): Tensor => {
      const size = sizeOf(x.shape);
      const data = Float64Array.from({ length: size }, (_, i) => start + i);
      start += size;
      return { dtype: "float", shape: x.shape, data };
    });
    return operator.evaluate(numbered, attributes).map((moved) => {
      const index = Int32Array.from(moved.data);
      const identity =
        operands.length === 1 && index.length === start && index.every((source, i) => source === i);
      return identity
        ? lowering.reshape(operands[0], moved.shape)
        : lowering.view(site, operands, index, moved.shape);
    });
  },
};

type Affine = (scale: number, offset: number, constant: number) => { scale: number; offset: number };

/** x op constant: the constant goes into the operand's symbolic scale and offset, and costs nothing. */
function affine(apply: Affine, reversed?: Affine): LoweringRule {
  return {
    scales: "as consumer",
    lower(_lowering, site, inputs) {
      const constantFirst = isConstant(inputs[0]);
      const rule = constantFirst ? reversed : apply;
      if (rule === undefined || (!constantFirst && !isConstant(inputs[1]))) {
        throw new OperatorError("it is supported with one constant operand only");
      }
      const x = operandOf(inputs, constantFirst ? 1 : 0);
      const shape = site.types[0].shape;
      if (sizeOf(shape) !== sizeOf(x.shape))
        throw new OperatorError("the constant may not enlarge the operand");
      const constant = broadcastData(constantOf(inputs, constantFirst ? 0 : 1), shape);
      const results = Array.from(constant, (c, i) => rule(at(x.scale, i), at(x.offset, i), c));
      if (results.some(({ scale }) => scale === 0 || !Number.isFinite(scale))) {
        throw new OperatorError("a factor of 0 or infinity leaves nothing to prove");
      }
      const scale = compact(Float64Array.from(results, (r) => r.scale));
      const offset = compact(Float64Array.from(results, (r) => r.offset));
      return [{ ...x, shape, scale, offset, blocks: scale.length === 1 ? x.blocks : sizeOf(shape) }];
    },
  };
}

const rules = new Map<string, LoweringRule>([
  ["linear", linear],
  ["conv", conv],
  ["relu", relu],
  ["maxPool", maxPool],
  ["sigmoid", sigmoid],
  ["reshape", movement],
  ["transpose", movement],
  [
    "add",
    affine(
      (s, o, c) => ({ scale: s, offset: o + c }),
      (s, o, c) => ({ scale: s, offset: o + c }),
    ),
  ],
  [
    "sub",
    affine(
      (s, o, c) => ({ scale: s, offset: o - c }),
      (s, o, c) => ({ scale: -s, offset: c - o }),
    ),
  ],
  [
    "mul",
    affine(
      (s, o, c) => ({ scale: s * c, offset: o * c }),
      (s, o, c) => ({ scale: s * c, offset: o * c }),
    ),
  ],
  ["div", affine((s, o, c) => ({ scale: s / c, offset: o / c }))],
]);

/** The rule of a node's operator. @throws OperatorError where the circuit has no gadget for it */
export function ruleOf(node: GraphNode): LoweringRule {
  const rule = rules.get(node.op);
  if (rule === undefined) throw new OperatorError(`"${node.op}" has no integer circuit`);
  return rule;
}

/** Whether an operator can be proved. */
export function isProvable(op: string): boolean {
  return rules.has(op);
}
