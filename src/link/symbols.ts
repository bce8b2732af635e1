import type { LinkedCircuit } from "./linked.js";
import type { Ref } from "./wires.js";

/**
 * The names of the wires of a linked circuit, as circom writes them: a line `label,wire,component,name` per signal. A wire
 * has one label, its number; an input of main without a wire of its own has one among those of the inputs.
 */
export function* symbolsOf(circuit: LinkedCircuit): Generator<string> {
  const { outputs, publicInputs, privateInputs, lone, parts, wireOf } = circuit;
  let label = 1;
  const taken = new Set<number>();
  for (const [name, refs] of [...outputs, ...publicInputs, ...privateInputs]) {
    for (const [i, ref] of refs.entries()) {
      const wire = wireOf[ref];
      // One that another signal of main shows: circom leaves it without a wire.
      const own = taken.has(wire) ? -1 : wire;
      taken.add(wire);
      yield `${label++},${own},0,main.${lone.has(name) ? name : `${name}[${i}]`}`;
    }
  }
  const line = (wire: number, name: string): string => `${label++},${wire},0,main.${name}`;
  for (const part of parts) {
    if (part.kind === "linear") {
      const { component, output, isSum } = part.layer;
      for (const [i, ref] of output.entries())
        if (isSum[i] === 1) yield line(wireOf[ref], `${component}.out[${i}]`);
      continue;
    }
    const { gadget, path, ports, inner } = part;
    const named = (ref: Ref) => wireOf[ref] >= 0 && !taken.has(wireOf[ref]);
    for (const { name, isOutput, wire, size } of gadget.ports)
      for (let i = 0; isOutput && i < size; i++)
        if (named(ports[wire - 1 + i]))
          yield line(wireOf[ports[wire - 1 + i]], `${path}.${name}${size === 1 ? "" : `[${i}]`}`);
    for (const [i, name] of gadget.innerNames.entries()) yield line(wireOf[inner] + i, `${path}.${name}`);
  }
}
