import type { Constant, StepText } from "../circom/text/circuit.js";
import type { RefList } from "./compose.js";
import { isMatrix, rowsOf } from "../netlist/types.js";
import { CONSTANT, SUM, whatIsLeft, type Sums } from "../program/sums.js";
import type { Wires } from "./wires.js";

/**
 * A constant linear layer: element c * positions + p is bias + the sum over k of weight[c][k] in[index[row][k]], with the row
 * of the channel's group and of p. It is written as rows here, since circom takes minutes for what a proof hardly pays for.
 */
export interface LinearLayer extends Sums {
  readonly component: string;
  readonly input: Int32Array;
  readonly output: Int32Array;
  /** Of each output, whether a row makes it: others are constants, or inputs under another name. */
  readonly isSum: Uint8Array;
}

/** Templates that are linear layers. */
export const LINEAR_TEMPLATES: ReadonlySet<string> = new Set(["Dense", "Convolution"]);

type Shape = Omit<LinearLayer, "input" | "output" | "isSum">;

/** Gives each output of a linear layer a ref: a new one, or the input or constant that it is. */
export function linearLayer(step: StepText, source: RefList, wires: Wires): LinearLayer {
  const shape = shapeOf(step);
  const input = Int32Array.from({ length: numberOf(step, "inputs") }, (_, i) => source.ref(i));
  const left = whatIsLeft(shape);
  const output = left.map((what, o) => {
    if (what === SUM) return wires.fresh(1);
    if (what !== CONSTANT) return input[what];
    const { positions } = shape;
    return wires.constant(BigInt(biasOf(shape, Math.floor(o / positions), o % positions)));
  });
  return { ...shape, input, output, isSum: Uint8Array.from(left, (what) => (what === SUM ? 1 : 0)) };
}

/** The bias of an element. */
export function biasOf({ bias, channels, positions }: Shape, channel: number, position: number): number {
  return bias[bias.length === channels ? channel : channel * positions + position];
}

/** The inputs that a channel reads at a position. @returns undefined: all of them, in order */
export function tapsOf(
  { index, groups, channels, positions }: Shape,
  channel: number,
  position: number,
): ArrayLike<number> | undefined {
  return index?.[Math.floor((channel * groups) / channels) * positions + position];
}

function shapeOf(step: StepText): Shape {
  const weight = rowsIn(step, "weight");
  const bias = step.arguments.get("bias") as ArrayLike<number>;
  const common = { component: step.name, weight, bias };
  if (step.template === "Dense") return { ...common, channels: weight.length, positions: 1, groups: 1 };
  return {
    ...common,
    channels: numberOf(step, "channels"),
    positions: numberOf(step, "positions"),
    groups: numberOf(step, "groups"),
    index: rowsIn(step, "index"),
  };
}

function numberOf(step: StepText, parameter: string): number {
  return step.arguments.get(parameter) as Constant & number;
}

function rowsIn(step: StepText, parameter: string): readonly ArrayLike<number>[] {
  const value = step.arguments.get(parameter)!;
  return typeof value === "object" && isMatrix(value)
    ? rowsOf(value)
    : (value as readonly (readonly number[])[]);
}
