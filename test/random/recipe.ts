import type { InputMode } from "../../src/program/modes.js";
import type { Precision } from "../../src/lowering/types.js";
import { drawConstants, type Constants } from "./constants.js";
import { attentionFamilies } from "./layers/attention.js";
import type { Family, Layer } from "./layers/family.js";
import { linearFamilies } from "./layers/linear.js";
import { pointwiseFamilies } from "./layers/pointwise.js";
import { rowFamilies } from "./layers/rows.js";
import { Random } from "./random.js";

/**
 * A model's input. Tokens choose rows of a table of `entries`; one-hots are compared with all of them; columns choose each
 * from a table of its own and are numbers too; flags are bools.
 */
export interface Entry {
  readonly kind: "floats" | "tokens" | "oneHot" | "columns" | "flags";
  readonly shape: readonly number[];
  readonly entries: number;
  /** The table, or the sizes of the samples' numbers. */
  readonly values: Constants | null;
  /** Whether samples have both signs. */
  readonly signed: boolean;
  /** Around what, in sizes of its own, each number is spread. */
  readonly center: number;
}

/** How a model is built and what a proof shows. */
export interface Modes {
  readonly input: InputMode;
  readonly output: "public" | "argmax" | "committed";
  readonly secretWeights: boolean;
  /** Whether the passes of imported models are run. */
  readonly simplified: boolean;
}

/** A model as plain data, from which it can be built again. */
export interface Recipe {
  readonly seed: number;
  readonly inputs: readonly Entry[];
  readonly layers: readonly Layer[];
  readonly precision: Omit<Precision, "layers">;
  readonly modes: Modes;
}

export interface RecipeOptions {
  /** Few elements and few bits: what circom compiles within seconds. @default false */
  readonly small?: boolean;
}

export const FAMILIES: Readonly<Record<string, Family>> = {
  ...linearFamilies,
  ...attentionFamilies,
  ...pointwiseFamilies,
  ...rowFamilies,
};

/** How often each kind of layer is drawn. */
const WEIGHTS = {
  linear: 4,
  towers: 2,
  convolution: 2,
  pool: 1,
  positions: 2,
  mixing: 1,
  attention: 3,
  scores: 2,
  activation: 4,
  positive: 1,
  clamp: 1,
  extreme: 1,
  choice: 1.5,
  product: 1.5,
  residual: 1.5,
  norm: 2.5,
  softmax: 1.5,
  greatest: 1,
  place: 0.5,
  runningSum: 0.7,
  reduction: 1,
  movement: 2,
} as const;

/** A recipe from a seed. */
export function drawRecipe(seed: number, { small = false }: RecipeOptions = {}): Recipe {
  const random = new Random(seed);
  const inputs = [drawEntry(random)];
  if (random.chance(0.15)) inputs.push(drawEntry(random));
  const layers = Array.from({ length: random.int(1, small ? 4 : 7) }, () => {
    const kind = random.weighted(WEIGHTS);
    return { kind, ...FAMILIES[kind].draw(random) };
  });
  const bits = () => random.int(2, small ? 8 : 12);
  return {
    seed,
    inputs,
    layers,
    precision: {
      inputBits: bits(),
      weightBits: bits(),
      activationBits: bits(),
      tableBits: random.int(2, small ? 6 : 10),
      headroom: random.int(0, 2),
      coarsening: random.int(0, 2),
      weightLoss: random.pick([0, 8, 16]),
    },
    modes: {
      input: random.pick(["committed", "committed", "evaluated", "public"]),
      output: random.pick(["public", "public", "argmax", "committed"]),
      secretWeights: random.chance(0.25),
      simplified: random.chance(0.7),
    },
  };
}

function drawEntry(random: Random): Entry {
  const kind = random.weighted({ floats: 7, tokens: 2, oneHot: 1, columns: 1, flags: 1 });
  const rows = [1, random.int(1, 6), random.int(1, 8)];
  const shape = random.pick([rows, rows, [random.pick([1, 1, 2]), random.int(1, 10)], imageShape(random)]);
  return {
    kind,
    shape: kind === "floats" ? shape : [1, random.int(1, 5)],
    entries: random.size(2, 40),
    values: drawConstants(random, 6),
    signed: random.chance(0.7),
    center: random.pick([0, 0, 0, 0, 20, -300, 1e5]),
  };
}

function imageShape(random: Random): number[] {
  return [1, random.int(1, 3), random.int(1, 5), random.int(1, 5)];
}
