import { operatorOf } from "../../operators/index.js";
import type { GraphNode } from "../types.js";
import type { Attributes } from "../../operators/operator.js";

type Curve = (x: number) => number;

interface Known {
  readonly op: string;
  /** Attributes with which the operator may be the function, as some of its values tell. */
  readonly attributes: (f: Curve) => Attributes;
}

const none = (op: string): Known => ({ op, attributes: () => ({}) });

/** Beyond all bounds that a model may have. */
const FAR = 1e7;

const knownFunctions: readonly Known[] = [
  none("relu"),
  { op: "clamp", attributes: (f) => ({ min: f(-FAR), max: f(FAR) }) },
  { op: "leakyRelu", attributes: (f) => ({ slope: -f(-1) }) },
  ...["abs", "sigmoid", "tanh", "silu", "mish", "hardSwish", "softsign"].map(none),
  { op: "softplus", attributes: (f) => ({ beta: Math.LN2 / f(0) }) },
  ...["none", "tanh"].map((approximate) => ({ op: "gelu", attributes: () => ({ approximate }) })),
  { op: "hardSigmoid", attributes: () => ({ slope: 1 / 6, offset: 0.5 }) },
];

/** The precision of float32, in which models are exported. */
const TOLERANCE = 1e-7;

/** Where functions are compared: densely around 0, then ever more sparsely. */
const arguments_: readonly number[] = [
  0.3,
  3.7,
  ...Array.from({ length: 240 }, (_, i) => i / 8 + (i % 3) / 50),
]
  .concat(Array.from({ length: 60 }, (_, i) => 30 * 1.2 ** i))
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
  for (const { op, attributes: guess } of knownFunctions) {
    const attributes = guess(f);
    if (!Object.values(attributes).every((value) => typeof value !== "number" || Number.isFinite(value)))
      continue;
    const known = operatorOf(op).scalar!(attributes);
    const agrees = [...arguments_, ...constants].every((x) => {
      const [given, meant] = [f(x), known(x)];
      return Number.isFinite(given)
        ? Math.abs(given - meant) <= TOLERANCE * Math.max(1, Math.abs(meant))
        : Math.abs(x) > 40;
    });
    if (agrees) return { op, attributes };
  }
  return undefined;
}
