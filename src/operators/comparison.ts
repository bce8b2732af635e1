import { sizeOf } from "../tensor/tensor.js";
import type { DType, Tensor } from "../tensor/types.js";
import { HIDING, MASKED } from "../lowering/masks.js";
import { isConstant, type Operand, type Value } from "../lowering/operand.js";
import type { Range } from "../lowering/types.js";
import { add, mul, sub } from "./arithmetic.js";
import { inputOf, operandOf } from "./attributes.js";
import { broadcastData, commonShape, elementwise, promote } from "./binary.js";
import { moved } from "./moving.js";
import { type LoweringInput, type Meaning, type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";
import { int32sOf } from "../program/int32.js";

/** The same node with other operands: those at `places` of its inputs. */
function withOperands(
  input: LoweringInput,
  inputs: readonly Value[],
  places: readonly number[],
): LoweringInput {
  const inputRanges = places.map((place) => input.site.inputRanges[place]);
  return { ...input, inputs, site: { ...input.site, inputRanges, uniform: true } };
}

/** 1 where inputs[a] < inputs[b], else 0. */
function less(input: LoweringInput, a: number, b: number): Operand {
  const [difference] = sub.lower(withOperands(input, [input.inputs[a], input.inputs[b]], [a, b]));
  return input.lowering.isNegative(input.site, difference);
}

/** 1 - x, by scale and offset. */
function not(x: Operand): Operand {
  return { ...x, scale: x.scale.map((s) => -s), offset: x.offset.map((o) => 1 - o) };
}

/** An operator on two tensors, of which both must be in units of their own. */
function binary(
  name: string,
  apply: (a: number, b: number) => number,
  lower: (input: LoweringInput) => Operand,
  dtype?: (a: DType, b: DType) => DType,
): Operator {
  return { ...elementwise(name, apply, dtype), scales: "one", lower: (input) => [lower(input)] };
}

/** A mask compared with 0 or 1 is its opposite or itself; undefined where the operands are anything else. */
function maskEquals({ lowering, site, inputs }: LoweringInput): Operand | undefined {
  const place = inputs.findIndex((value) => !isConstant(value));
  const constant = inputs[1 - place];
  const x = operandOf(inputs, place);
  if (constant === undefined || !isConstant(constant) || x.scale.length > 1 || x.offset.length > 1)
    return undefined;
  const { lo, hi } = lowering.bounds(x);
  const ends = [lo, hi].map((q) => q * x.scale[0] + x.offset[0]);
  const wanted = constant.data[0];
  if (Math.min(...ends) !== 0 || Math.max(...ends) !== 1 || hi - lo !== 1) return undefined;
  if ((wanted !== 0 && wanted !== 1) || constant.data.some((value) => value !== wanted)) return undefined;
  const mask = lowering.broadcast(site, x, site.types[0].shape);
  return wanted === 1 ? mask : not(mask);
}

/** Neither is less than the other. */
function equal(input: LoweringInput): Operand {
  const { lowering, site } = input;
  const mask = maskEquals(input);
  if (mask !== undefined) return mask;
  return not(lowering.add(site, less(input, 0, 1), less(input, 1, 0), site.types[0].shape));
}

/** The greater of two computed tensors, or of one and a constant: max(x, c) = relu(x - c) + c. */
function extreme(input: LoweringInput, sign: 1 | -1): Operand {
  const { lowering, site, inputs } = input;
  const { shape } = site.types[0];
  const turned = (x: Operand) => (sign < 0 ? lowering.negate(x) : x);
  if (inputs.some(isConstant)) {
    const place = isConstant(inputs[0]) ? 1 : 0;
    const values = [operandOf(inputs, place), inputs[1 - place]];
    const [above] = sub.lower(withOperands(input, values, [place, 1 - place]));
    const { lo, hi } = site.outputRanges[0];
    const constant = inputs[1 - place];
    if (!isConstant(constant)) throw new Error("one operand is constant");
    const c = broadcastData(constant, shape);
    const [from, to] = sign < 0 ? [hi, lo] : [lo, hi];
    const range = { lo: from.map((v, i) => sign * (v - c[i])), hi: to.map((v, i) => sign * (v - c[i])) };
    const kept = turned(lowering.relu(site, turned(above), range));
    return add.lower(withOperands(input, [kept, constant], [place, 1 - place]))[0];
  }
  const operands = [0, 1].map((i) => {
    const x = lowering.affordable(site, operandOf(inputs, i), site.inputRanges[i]);
    return lowering.broadcast(site, lowering.settle(site.name, turned(x)), shape);
  });
  const size = sizeOf(shape);
  const both = int32sOf(2 * size, (i) => i);
  const pair = lowering.view(site, lowering.align(site, operands), both, [2, size]);
  const index = both.map((i) => (i % 2) * size + Math.floor(i / 2));
  return turned(lowering.max(site, pair, 2, index, shape));
}

const INFINITE =
  "an infinite choice is supported in front of a softmax or a maximum, or with a constant condition, only";

/** Whether a value is the constant of a mask. */
function hides(value: Value): boolean {
  return isConstant(value) && value.data.every((x) => x <= MASKED);
}

function finite(value: Tensor): Tensor {
  return { ...value, data: value.data.map((x) => Math.min(Math.max(x, -HIDING), HIDING)) };
}

function scalar(value: number): Tensor {
  return { dtype: "float", shape: [], data: Float64Array.of(value) };
}

/** How far a choice may be from what it is added to, element by element. */
function gapRange({ inputRanges, outputRanges }: LoweringInput["site"]): Range {
  const [from, to] = [inputRanges[2], outputRanges[0]].map(({ lo, hi }) =>
    [...lo, ...hi].filter(Number.isFinite).reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  );
  const hi = new Float64Array(outputRanges[0].lo.length).fill(from + to);
  return { lo: hi.map((x) => -x), hi };
}

function isEndless(value: Value): boolean {
  return isConstant(value) && value.data.every((x) => x === -Infinity);
}

/** What stands for -inf where the greatest of some elements is all that is asked: the least that the other choice can be. */
function leastBeside({ lowering, site, inputs }: LoweringInput, place: number): Value {
  const other = inputs[3 - place];
  if (!site.ranked || isConstant(other)) return inputs[place];
  const x = lowering.settle(site.name, other);
  return scalar(lowering.bounds(x).lo * x.scale[0]);
}

/** b + condition (a - b), of a computed condition that is 0 or 1. */
function select(input: LoweringInput): Operand {
  const { lowering, site, inputs } = input;
  const { shape } = site.types[0];
  const [a, b] = [1, 2].map((i) => (isEndless(inputs[i]) ? leastBeside(input, i) : inputs[i]));
  const condition = lowering.settle(site.name, lowering.broadcast(site, operandOf(inputs, 0), shape));
  if (isConstant(a) && isConstant(b)) {
    const [from, to] = [b, a].map((value) => broadcastData(site.precise ? finite(value) : value, shape));
    if (![...from, ...to].every(Number.isFinite)) throw new OperatorError(INFINITE);
    const constant = (data: Float64Array): Tensor => ({ dtype: "float", shape, data });
    const gap = constant(to.map((value, i) => value - from[i]));
    const [scaled] = mul.lower(withOperands(input, [condition, gap], [0, 1]));
    return add.lower(withOperands(input, [scaled, constant(from)], [0, 2]))[0];
  }
  if (site.precise && (hides(a) || hides(b))) {
    const hidden = hides(a) ? condition : not(condition);
    const away = mul.lower(withOperands(input, [hidden, scalar(-HIDING)], [0, 1]))[0];
    const kept = lowering.affordable(
      site,
      operandOf(inputs, hides(a) ? 2 : 1),
      site.inputRanges[hides(a) ? 2 : 1],
    );
    return lowering.add(site, lowering.broadcast(site, kept, shape), away, shape);
  }
  if ([a, b].some((value) => isConstant(value) && !value.data.every(Number.isFinite)))
    throw new OperatorError(INFINITE);
  // What is added to a constant is exact, however far away that is.
  const turned = isConstant(a);
  const places = turned ? [2, 1] : [1, 2];
  const taken = turned ? lowering.settle(site.name, not(condition)) : condition;
  const [gap] = sub.lower(withOperands(input, turned ? [b, a] : [a, b], places));
  const chosen = lowering.product(site, taken, lowering.settle(site.name, gap), shape);
  const sum = withOperands(input, [chosen, turned ? a : b], places);
  const inputRanges = [gapRange(site), sum.site.inputRanges[1]];
  return add.lower({ ...sum, site: { ...sum.site, inputRanges } })[0];
}

/** where(condition, a, b): a where the condition holds, else b. */
const choice: Meaning = {
  name: "where",
  scalar: () => (condition, a, b) => (condition !== 0 ? a : b),
  infer(inputs) {
    const a = inputOf(inputs, 1);
    const b = inputOf(inputs, 2);
    return [{ dtype: promote(a.dtype, b.dtype), shape: commonShape(inputs) }];
  },
  evaluate(inputs) {
    const type = choice.infer(inputs, {})[0];
    const condition = broadcastData(inputOf(inputs, 0), type.shape);
    const a = broadcastData(inputOf(inputs, 1), type.shape);
    const b = broadcastData(inputOf(inputs, 2), type.shape);
    return [{ ...type, data: condition.map((chosen, i) => (chosen !== 0 ? a[i] : b[i])) }];
  },
};

/** With a constant condition a movement; with a computed one a product. */
const where: Operator = {
  ...choice,
  scales: (constant) => (constant(0) ? "as consumer" : "one"),
  lower: (input) => (isConstant(input.inputs[0]) ? moved(choice, input) : [select(input)]),
};

const toBool = (): DType => "bool";

/** On bools, `minimum` is "and" and `maximum` is "or". */
export const comparisonOperators: readonly Operator[] = [
  binary("minimum", Math.min, (input) => extreme(input, -1)),
  binary("maximum", Math.max, (input) => extreme(input, 1)),
  binary("equal", (a, b) => (a === b ? 1 : 0), equal, toBool),
  binary(
    "less",
    (a, b) => (a < b ? 1 : 0),
    (input) => less(input, 0, 1),
    toBool,
  ),
  binary(
    "lessOrEqual",
    (a, b) => (a <= b ? 1 : 0),
    (input) => not(less(input, 1, 0)),
    toBool,
  ),
  where,
];
