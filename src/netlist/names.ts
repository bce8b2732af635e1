import { inputPacker, isCrossed, KEYWORDS, outputPacker, RESERVED } from "../circom/text/names.js";

/** A name in the generated text is at most this long: that of a layer says no more beyond. */
const LONGEST = 80;

export interface Names {
  /** A Circom identifier from a module path: `layers.0.fc1` -> `layers_0_fc1`; a repeated one gets a number. */
  one(label: string): string;
  /** An input's signal, and the component that packs it. */
  ofInput(label: string): { readonly signal: string; readonly packer: string };
}

/** Names for a circuit with that many outputs, different from each other and from those of the text itself. */
export function uniqueNames(outputs: number): Names {
  const used = new Set<string>([...RESERVED, ...Array.from({ length: outputs }, (_, i) => outputPacker(i))]);
  const take = (label: string, alongside: (name: string) => readonly string[]): string => {
    const base = identifier(label);
    let name = KEYWORDS.has(base) ? `${base}_0` : base;
    const isTaken = (one: string) => used.has(one) || isCrossed(one);
    for (let i = 2; alongside(name).some(isTaken); i++) name = `${base}_${i}`;
    for (const one of alongside(name)) used.add(one);
    return name;
  };
  return {
    one: (label) => take(label, (name) => [name]),
    ofInput(label) {
      const signal = take(label, (name) => [name, inputPacker(name)]);
      return { signal, packer: inputPacker(signal) };
    },
  };
}

function identifier(label: string): string {
  const stem = label
    .replace(/[^A-Za-z0-9]+/g, "_")
    .slice(0, LONGEST)
    .replace(/^_+|_+$/g, "");
  return /^[A-Za-z]/.test(stem) ? stem : `layer_${stem}`;
}
