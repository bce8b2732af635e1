import type { Constant, StepText } from "../circom/text/circuit.js";
import type { RefList } from "./compose.js";
import type { Ref, Wires } from "./wires.js";

/**
 * A constant linear layer: element c * positions + p is bias + the sum over k of weight[c][k] in[index[row][k]], with the row
 * of the channel's group and of p. It is written as rows here, since circom takes minutes for what a proof hardly pays for.
 */
export interface LinearLayer {
  readonly component: string;
  readonly channels: number;
  readonly positions: number;
  readonly groups: number;
  readonly weight: readonly ArrayLike<number>[];
  /** One number per channel, or per element. */
  readonly bias: ArrayLike<number>;
  /** By group and position: the inputs that are read, -1 for padding. Absent: all, in order. */
  readonly index?: readonly ArrayLike<number>[];
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
  const { channels, positions } = shape;
  const output = new Int32Array(channels * positions);
  const isSum = new Uint8Array(output.length);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < positions; p++) {
      const o = c * positions + p;
      const other = sameAs(shape, c, p, (i) => input[i], wires);
      isSum[o] = other === undefined ? 1 : 0;
      output[o] = other ?? wires.fresh(1);
    }
  return { ...shape, input, output, isSum };
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

/**
 * The ref that an element is, where circom leaves no constraint of it: a constant, or an input under another name. A sum with
 * padding is neither to the compiler, whatever remains of it.
 */
function sameAs(
  shape: Shape,
  channel: number,
  position: number,
  inputAt: (i: number) => Ref,
  wires: Wires,
): Ref | undefined {
  const weight = shape.weight[channel];
  const taps = tapsOf(shape, channel, position);
  let read = -1;
  for (let k = 0; k < weight.length; k++) {
    if (weight[k] === 0) continue;
    const source = taps === undefined ? k : taps[k];
    if (source < 0 || read >= 0 || weight[k] !== 1) return undefined;
    read = source;
  }
  const bias = biasOf(shape, channel, position);
  if (read < 0) return wires.constant(BigInt(bias));
  return bias === 0 ? inputAt(read) : undefined;
}

function shapeOf(step: StepText): Shape {
  const weight = step.arguments.get("weight") as readonly ArrayLike<number>[];
  const bias = step.arguments.get("bias") as ArrayLike<number>;
  const common = { component: step.name, weight, bias };
  if (step.template === "Dense") return { ...common, channels: weight.length, positions: 1, groups: 1 };
  return {
    ...common,
    channels: numberOf(step, "channels"),
    positions: numberOf(step, "positions"),
    groups: numberOf(step, "groups"),
    index: step.arguments.get("index") as readonly ArrayLike<number>[],
  };
}

function numberOf(step: StepText, parameter: string): number {
  return step.arguments.get(parameter) as Constant & number;
}
