import { TEMPLATES } from "../circom/text/names.js";
import type { CircuitText } from "../circom/text/circuit.js";

/** An input of the circuit and the component that holds it to its domain, as the text of the circuit says. */
export interface PackedInput {
  readonly packer: string;
  readonly signal: string;
  readonly width: number;
  /** Least and greatest value that the circuit is to let through. */
  readonly lo: number;
  readonly hi: number;
  /** Weight of the last bit; where it is not a power of two, some values have two spellings. */
  readonly top: number;
}

/** The range checks of a circuit's inputs. */
export function packedInputsOf({ steps, connections }: CircuitText): PackedInput[] {
  const packers = steps.filter(({ template }) => template === TEMPLATES.packInput);
  return packers.map(({ name, arguments: own }) => {
    const [, width, lo, hi] = [...own.values()].map(Number) as [number, number, number, number];
    const signal = connections.find(({ to }) => to === `${name}.in`)?.from ?? name;
    return { packer: name, signal, width, lo, hi, top: hi - lo + 1 - 2 ** (width - 1) };
  });
}
