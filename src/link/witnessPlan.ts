import type { TensorId } from "../program/operations/definition.js";
import type { Gadget } from "./gadget.js";
import type { GadgetInstance, LinkedCircuit } from "./linked.js";
import type { Ref } from "./wires.js";

/** How the witness of a linked circuit is made: all that is needed of its parts. */
export interface WitnessPlan {
  readonly wireCount: number;
  /** Of each input of the circuit, its wires. */
  readonly inputs: readonly { readonly name: string; readonly wires: Int32Array }[];
  /** Wires that hold the elements of the integer program's tensors; -1 where an element is a constant. */
  readonly tensors: readonly { readonly tensor: TensorId; readonly wires: Int32Array }[];
  readonly gadgets: readonly PlannedGadget[];
  /**
   * The gadgets' instances, each as the number of its gadget, its first inner wire, and the wires of its inputs and outputs.
   * A negative number n stands for constant -1 - n.
   */
  readonly instances: Int32Array;
  readonly constants: readonly bigint[];
  /** Outputs of the circuit that hold a constant, or the value of another wire. */
  readonly same: Int32Array;
}

export interface PlannedGadget {
  readonly inputs: readonly { readonly name: string; readonly size: number }[];
  readonly inputCount: number;
  readonly outputCount: number;
  readonly innerCount: number;
  readonly wasm: Uint8Array;
}

/** @param tensors of the components that compute one, by the component's name */
export function planWitness(circuit: LinkedCircuit, tensors: ReadonlyMap<string, TensorId>): WitnessPlan {
  const { wireOf, wireCount, wires, signals } = circuit;
  const constants: bigint[] = [];
  const places = new Map<bigint, number>();
  const placeOf = (ref: Ref): number => {
    const value = wires.constantOf(ref);
    if (value === undefined) return wireOf[ref];
    const known = places.get(value) ?? constants.push(value) - 1;
    places.set(value, known);
    return -1 - known;
  };
  const instances = circuit.parts.filter((part): part is GadgetInstance => part.kind === "gadget");
  const numbers = new Map<Gadget, number>();
  for (const { gadget } of instances) if (!numbers.has(gadget)) numbers.set(gadget, numbers.size);
  const length = instances.reduce((sum, { ports }) => sum + 2 + ports.length, 0);
  const flat = new Int32Array(length);
  let at = 0;
  for (const { gadget, ports, inner } of instances) {
    flat[at++] = numbers.get(gadget)!;
    flat[at++] = wireOf[inner] ?? 0;
    const { publicOutputs } = gadget.r1cs;
    for (let i = publicOutputs; i < ports.length; i++) flat[at++] = placeOf(ports[i]);
    for (let i = 0; i < publicOutputs; i++) flat[at++] = placeOf(ports[i]);
  }
  const given = new Map([...circuit.publicInputs, ...circuit.privateInputs]);
  return {
    wireCount,
    inputs: Array.from(given, ([name, refs]) => ({
      name,
      wires: Int32Array.from(refs, (ref) => wireOf[ref]),
    })),
    tensors: Array.from(tensors, ([component, tensor]) => ({
      tensor,
      wires: Int32Array.from(signals.get(`${component}.out`).known, (ref) => wireOf[ref]),
    })),
    gadgets: Array.from(numbers.keys(), plannedGadget),
    instances: flat,
    same: Int32Array.from(circuit.sameOutputs.flatMap(([output, same]) => [wireOf[output], placeOf(same)])),
    constants,
  };
}

function plannedGadget({ ports, r1cs, innerNames, wasm }: Gadget): PlannedGadget {
  return {
    inputs: ports.filter(({ isOutput }) => !isOutput).map(({ name, size }) => ({ name, size })),
    inputCount: r1cs.publicInputs,
    outputCount: r1cs.publicOutputs,
    innerCount: innerNames.length,
    wasm,
  };
}
