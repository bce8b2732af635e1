import { componentsOf } from "./signals.js";

/** An input of the circuit and the component that holds it to its domain, as the text of the circuit says. */
export interface PackedInput {
  readonly packer: string;
  readonly signal: string;
  readonly width: number;
  /** Least and greatest value that the circuit is to let through. */
  readonly lo: number;
  readonly hi: number;
  /** Weight of the last bit; where it is no power of two, some values have two spellings. */
  readonly top: number;
}

/** Reads the range checks of a circuit's inputs from its text. */
export function packedInputsOf(main: string): PackedInput[] {
  return componentsOf(main, "PackChecked").map(({ name, arguments: text }) => {
    const [, width, lo, hi] = text.split(",").map(Number) as [number, number, number, number];
    const signal = new RegExp(`\\b${name}\\.in <== (\\w+);`).exec(main)?.[1] ?? name;
    return { packer: name, signal, width, lo, hi, top: hi - lo + 1 - 2 ** (width - 1) };
  });
}
