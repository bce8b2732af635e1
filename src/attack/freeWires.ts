import type { CircuitText } from "../circom/text/circuit.js";
import { signed } from "./forger.js";
import { BINDING } from "./layout.js";
import { type PackedInput, packedInputsOf } from "./packedInputs.js";
import type { Signals } from "./signals.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";

/**
 * Hints that are free by design, each with the reason that its gadget's own notes give. Whatever they are, the gadget's
 * output is the same: an attack that moves an output is a hole even if it also moves one of these.
 */
const DOCUMENTED: readonly {
  template: RegExp;
  wire: RegExp;
  /** Bits are free as bits only. */
  isBit?: boolean;
  reason: string;
}[] = [
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
    isBit: true,
    reason: "DivideByConstant: two spellings of one remainder; the quotient is the same",
  },
  {
    template: /Embedding|Lookup/,
    wire: /\.hint\[\d+\]$/,
    isBit: true,
    reason: "BinaryEmbedding: two spellings of one index; the row is the same",
  },
  {
    template: /Embedding|BinaryLookup/,
    wire: /\.product\[\d+\]$/,
    isBit: true,
    reason: "BinaryEmbedding: products of the bits of two spellings; the row is the same",
  },
  {
    template: /Embedding|BinaryLookup/,
    wire: /\.chosen\[\d+\]\[\d+\]\[\d+\]$/,
    reason: "BinaryEmbedding: choices on the way of two spellings; the row is the same",
  },
];

/** All values by wire. */
interface Move {
  before(wire: number): bigint;
  after(wire: number): bigint;
}

const SPELLINGS = "PackChecked: two spellings of one input; the input is the same";

/** Tells moves of wires that are free by design from holes. */
export class Freedom {
  private readonly packers: ReadonlyMap<string, PackedInput>;
  /** Wires of the bits of inputs and of means, by name. */
  private readonly bits = new Map<string, number>();

  constructor(
    private readonly signals: Signals,
    circuit: CircuitText,
  ) {
    this.packers = new Map(packedInputsOf(circuit).map((input) => [input.packer, input]));
    signals.nameOf.forEach((name, wire) => {
      if (signals.stepOf[wire] === BINDING || name.includes(".mean.bit[")) this.bits.set(name, wire);
    });
  }

  /**
   * Why a wire may be free, or undefined if nothing says that it may.
   *
   * @param move values before and after, where they are known
   */
  reasonFor(wire: number, move?: Move): string | undefined {
    const name = this.signals.nameOf[wire] ?? "";
    const step = this.signals.stepOf[wire];
    const forged = move?.after(wire);
    const isBit = forged === undefined || forged === 0n || forged === 1n;
    if (step === BINDING) return isBit && this.isSpelling(name, move?.after) ? SPELLINGS : undefined;
    const { template, arguments: own } = this.signals.steps[step];
    if (template === "LayerNormLayer" && !this.isRemainder(name, Number(own.get("columns")), move))
      return undefined;
    return DOCUMENTED.find(
      (entry) => entry.template.test(template) && entry.wire.test(name) && (isBit || entry.isBit !== true),
    )?.reason;
  }

  /** Whether a wire is a bit of the remainder of a mean that has two spellings, and whether the bits spell it still. */
  private isRemainder(name: string, divisor: number, move?: Move): boolean {
    const [, mean, at] = /^(.*\.mean\.bit)\[(\d+)\]$/.exec(name) ?? [];
    const bits = ceilLog2(divisor);
    const top = divisor - 2 ** (bits - 1);
    if (mean === undefined || Number(at) >= bits || top === 2 ** (bits - 1)) return false;
    if (move === undefined) return true;
    let difference = 0n;
    for (let z = 1; z < bits; z++) {
      const wire = this.bits.get(`${mean}[${z}]`);
      if (wire !== undefined)
        difference += BigInt(z === bits - 1 ? top : 2 ** z) * (move.after(wire) - move.before(wire));
    }
    // The lowest bit, which is not a wire, takes up a difference of 1.
    return difference >= -1n && difference <= 1n;
  }

  /** Whether a wire is a bit of an input that has two spellings, and whether the bits spell it still. */
  private isSpelling(name: string, after?: Move["after"]): boolean {
    const [, packer, element] = /^(\w+)\.held\[(\d+)\]\.bit\[\d+\]$/.exec(name) ?? [];
    const input = this.packers.get(packer ?? "");
    if (input === undefined || input.top === 2 ** (input.width - 1)) return false;
    if (after === undefined) return true;
    const valueOf = (own: string): bigint => {
      const wire = this.bits.get(own);
      return wire === undefined ? 0n : after(wire);
    };
    let rest = signed(after(this.signals.wireOf.get(`${input.signal}[${element}]`)!)) - BigInt(input.lo);
    for (let z = 1; z < input.width; z++)
      rest -=
        BigInt(z === input.width - 1 ? input.top : 2 ** z) * valueOf(`${packer}.held[${element}].bit[${z}]`);
    return rest === 0n || rest === 1n;
  }
}
