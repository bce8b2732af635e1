import type { Step } from "./signals.js";

/**
 * Hints that are free by design, each with the reason that its gadget's own notes give. Whatever they are, the gadget's
 * output is the same: an attack that moves an output is a hole even if it also moves one of these.
 */
const DOCUMENTED: readonly { template: RegExp; wire: RegExp; reason: string }[] = [
  {
    template: /Clamp/,
    wire: /\.x$/,
    reason: "RequantizeClamp: x multiplies 0 where the value is inside the range",
  },
  {
    template: /./,
    wire: /\.inverse$/,
    reason: "Equal and KeepIfZero: the inverse multiplies 0 where the operands are equal",
  },
  {
    template: /Norm|Divide|Average/,
    wire: /\.bit\[\d+\]$/,
    reason: "DivideByConstant: two spellings of one remainder; the quotient is the same",
  },
  {
    template: /Embedding|Lookup/,
    wire: /\.hint\[\d+\]$/,
    reason: "BinaryEmbedding: two spellings of one index; the row is the same",
  },
];

/** Why a wire may be free, or undefined if nothing says that it may. */
export function documentedFreedom({ template }: Step, wire: string): string | undefined {
  return DOCUMENTED.find((entry) => entry.template.test(template) && entry.wire.test(wire))?.reason;
}
