import { operatorOf } from "../../operators/index.js";
import type { GraphNode } from "../types.js";
import type { Attributes } from "../../operators/operator.js";
import { pow } from "../../elementary/functions.js";

type Curve = (x: number) => number;

interface Known {
  readonly op: string;
  /** Attributes with which the operator may be the function, as some of its values tell. */
  readonly attributes: (f: Curve) => Attributes;
}

const none = (op: string): Known => ({ op, attributes: () => ({}) });

/** Where a function has reached the bounds that it may have; one that is its argument there has none. */
const FAR = 1e7;
const bound = (f: Curve, x: number): number => (f(x) === x ? x * Infinity : f(x));

const knownFunctions: readonly Known[] = [
  none("relu"),
  { op: "clamp", attributes: (f) => ({ min: bound(f, -FAR), max: bound(f, FAR) }) },
  { op: "leakyRelu", attributes: (f) => ({ slope: -f(-1) }) },
  ...["abs", "sigmoid", "tanh", "silu", "mish", "hardSwish", "softsign"].map(none),
  { op: "softplus", attributes: (f) => ({ beta: Math.LN2 / f(0) }) },
  ...["none", "tanh"].map((approximate) => ({ op: "gelu", attributes: () => ({ approximate }) })),
  { op: "hardSigmoid", attributes: () => ({ slope: 1 / 6, offset: 0.5 }) },
];

/** The precision of float32, in which models are exported; and that of a double, in which formulas are computed. */
const TOLERANCE = 1e-7;
const ROUNDING = 1e-14;

/** Below this a function is 0: what is added there, or a floor, keeps a logarithm or a quotient finite and counts. */
const NOTHING = 1e-12;

function isSame(given: number, meant: number, x: number): boolean {
  if (!Number.isFinite(meant)) return false;
  const tolerance =
    Math.abs(meant) > NOTHING
      ? TOLERANCE * Math.max(1, Math.abs(meant))
      : Math.max(NOTHING / 10, ROUNDING * Math.abs(x));
  return Math.abs(given - meant) <= tolerance;
}

/** Where functions are compared: densely around 0, then ever more sparsely. */
const arguments_: readonly number[] = [
  0.3,
  3.7,
  ...Array.from({ length: 240 }, (_, i) => i / 8 + (i % 3) / 50),
]
  .concat(Array.from({ length: 60 }, (_, i) => 30 * pow(1.2, i)))
  .flatMap((x) => [x, -x]);

/**
 * The operator that a function of one number is, told by its values: there are many ways to write one. Where a formula
 * has no finite value (e^x overflows) the operator stands for what it means.
 *
 * @param constants numbers of the formula, where it may have steps
 */
export function knownFunction(
  f: Curve,
  constants: readonly number[],
): Pick<GraphNode, "op" | "attributes"> | undefined {
  const beyond = constants.flatMap((c) => [2 * c, -2 * c]);
  for (const { op, attributes: guess } of knownFunctions) {
    const attributes = guess(f);
    if (Object.values(attributes).some(Number.isNaN)) continue;
    const known = operatorOf(op).scalar!(attributes);
    const agrees = [...arguments_, ...constants, ...beyond].every((x) => {
      const [given, meant] = [f(x), known(x)];
      return Number.isFinite(given) ? isSame(given, meant, x) : Math.abs(x) > 40;
    });
    if (agrees) return { op, attributes };
  }
  return undefined;
}
