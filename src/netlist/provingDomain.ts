import { bitLength } from "../program/arithmetic.js";
import type { Cost, Netlist } from "./types.js";

/**
 * The domain over which a proof is made. Proving time and the size of the key follow its power of two, and hardly the
 * rows that are used of it.
 */
export interface ProvingDomain {
  /** Constraints, public signals, and one more. */
  readonly rows: number;
  /** It has 2^power rows, the fewest that hold these. */
  readonly power: number;
  /** So many rows fewer, and half the domain holds them. */
  readonly rowsToHalf: number;
}

/**
 * The domain of a netlist's proofs.
 * @example provingDomain(netlist).power // 18 for 136,783 rows, of which 5,711 are too many for 2^17
 */
export function provingDomain(netlist: Pick<Netlist, "cost"> & Shown): ProvingDomain {
  return domainOf(netlist.cost, publicSignals(netlist));
}

/** The domain of a circuit's proofs by its constraints and public signals. */
export function domainOf({ nonlinear, linear }: Cost, signals: number): ProvingDomain {
  const rows = nonlinear + linear + signals + 1;
  const power = bitLength(rows - 1);
  return { rows, power, rowsToHalf: rows - 2 ** (power - 1) };
}

type Shown = Pick<Netlist, "inputs" | "outputs" | "inputMode" | "outputMode" | "weightWords">;

/** How many public signals a proof has: the binding, and what it shows of outputs, weights and inputs. */
export function publicSignals({ inputs, outputs, inputMode, outputMode, weightWords }: Shown): number {
  const words = (packed: readonly { readonly words: number }[]) =>
    packed.reduce((sum, one) => sum + one.words, 0);
  const ofInputs = { public: words(inputs), committed: 1, evaluated: 3 }[inputMode];
  const ofOutputs = outputMode === "committed" ? 1 : words(outputs);
  return 1 + ofOutputs + (weightWords.length > 0 ? 1 : 0) + ofInputs;
}
