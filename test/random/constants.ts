import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import type { Shape, Tensor } from "../../src/tensor/types.js";
import { Random } from "./random.js";

/**
 * A tensor of constants as plain data: signs and digits from the seed, magnitudes log-uniform over so many decades
 * below 10^power. None (null) is all ones.
 */
export interface Constants {
  readonly seed: number;
  readonly decades: number;
  readonly power: number;
  /** What has a magnitude of its own: every element, every place of the first or last axis that is larger than 1. */
  readonly varies: "element" | "first" | "last";
}

/** Heavy tails: most constants lie within a few decades of each other, some over many. */
export function drawConstants(random: Random, most = 12): Constants {
  const decades = random.weighted({ none: 3, few: 5, many: 1.5, all: 0.5 });
  const range = { none: 0, few: random.int(1, 3), many: random.int(4, 7), all: random.int(8, 12) };
  return {
    seed: random.int(1, 1e6),
    decades: Math.min(most, range[decades]),
    power: random.chance(0.7) ? 0 : random.int(-3, 2),
    varies: random.pick(["element", "first", "last"]),
  };
}

export function constantsOf(shape: Shape, constants: Constants | null): Tensor {
  if (constants === null) return tensor("float", shape, new Float64Array(sizeOf(shape)).fill(1));
  const { seed, decades, power, varies } = constants;
  const random = new Random(seed);
  const magnitudes = Array.from({ length: sizeOf(shape) }, () => 10 ** (power - decades * random.next()));
  const large = shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  const axis = (varies === "first" ? large[0] : large.at(-1)) ?? 0;
  const stride = sizeOf(shape.slice(axis + 1));
  const place = (i: number) => (varies === "element" ? i : Math.floor(i / stride) % (shape[axis] ?? 1));
  return tensor(
    "float",
    shape,
    Array.from(magnitudes, (_, i) => {
      const digits = 0.5 + random.next() / 2;
      return (random.chance(0.5) ? -digits : digits) * magnitudes[place(i)];
    }),
  );
}
