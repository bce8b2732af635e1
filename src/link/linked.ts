import type { R1cs } from "../circom/r1cs.js";
import type { Gadget } from "./gadget.js";
import type { Layout, Part } from "./layout.js";
import type { LinearLayer } from "./linear.js";
import type { Ref } from "./wires.js";

/** An instance of a compiled gadget. */
export interface GadgetInstance {
  readonly kind: "gadget";
  readonly path: string;
  readonly gadget: LinkedGadget;
  /** Of the wires of its ports, in the gadget's order, without the constant 1. */
  readonly ports: Int32Array;
  /** The first ref of its inner wires. */
  readonly inner: Ref;
}

export type LinkedPart = GadgetInstance | { readonly kind: "linear"; readonly layer: LinearLayer };

/** A gadget, and what its rows say of its ports alone. */
export interface LinkedGadget extends Gadget {
  /** Ports that a row declares equal. */
  readonly equal: readonly (readonly [number, number])[];
  /** Ports that a row declares constant. */
  readonly fixed: readonly (readonly [number, bigint])[];
  /** All other rows. */
  readonly rows: readonly number[];
}

/** A circuit whose parts are known, with all wires that are one united. */
export interface LinkedCircuit extends Omit<Layout, "parts"> {
  readonly parts: readonly LinkedPart[];
  /** Outputs of main that are constants, or equal to another signal of main: a row says so. */
  readonly sameOutputs: readonly (readonly [output: Ref, same: Ref])[];
  readonly wireOf: Int32Array;
  readonly wireCount: number;
}

/**
 * Circom leaves rows that make two ports equal, or a port constant, since ports are public. In the circuit, these are no
 * rows: the wires become one, or a constant.
 */
export function withPortRows(gadget: Gadget): LinkedGadget {
  const { r1cs, portWires } = gadget;
  const equal: [number, number][] = [];
  const fixed: [number, bigint][] = [];
  const rows: number[] = [];
  for (let row = 0; row < r1cs.constraints; row++) {
    const known = portRow(r1cs, row, portWires);
    if (known === undefined) rows.push(row);
    else if (typeof known[1] === "bigint") fixed.push([known[0], known[1]]);
    else equal.push([known[0], known[1]]);
  }
  return { ...gadget, equal, fixed, rows };
}

function portRow(r1cs: R1cs, row: number, portWires: number): [number, number | bigint] | undefined {
  const [a, b, c, end] = [0, 1, 2, 3].map((side) => r1cs.starts[3 * row + side]);
  if (a !== b && b !== c) return undefined;
  let constant = 0n;
  const terms: [number, bigint][] = [];
  for (let t = c; t < end; t++) {
    const value = r1cs.values[r1cs.coefficients[t]];
    if (r1cs.wires[t] === 0) constant = value;
    else if (r1cs.wires[t] >= portWires || terms.push([r1cs.wires[t], value]) > 2) return undefined;
  }
  const [first, second] = terms;
  if (terms.length === 2)
    return constant === 0n && first[1] === -second[1] ? [first[0], second[0]] : undefined;
  // Circom divides by the coefficient where it is not 1, and gadgets have no such row.
  if (terms.length !== 1 || (first[1] !== 1n && first[1] !== -1n)) return undefined;
  return [first[0], first[1] === 1n ? -constant : constant];
}

/** Compiles what the parts name, and unites the wires that are one. */
export function unite(layout: Layout, gadgets: ReadonlyMap<string, LinkedGadget>): LinkedCircuit {
  const { wires, outputs, publicInputs, privateInputs, signals } = layout;
  const parts = layout.parts.map((part) =>
    part.kind === "gadget" ? instanceOf(part, gadgets, layout) : part,
  );
  const shown = [...outputs.values(), ...publicInputs.values()].flat();
  const isShown = new Set(shown);
  const sameOutputs: [Ref, Ref][] = [];
  for (const [name, refs] of outputs) {
    const feeder = signals.feederOf(name);
    refs.forEach((ref, i) => {
      const same = wires.rootOf(feeder.ref(i));
      if (wires.constantOf(same) !== undefined || isShown.has(same)) sameOutputs.push([ref, same]);
      else wires.unite(ref, same);
    });
  }
  const { wireOf, count } = wires.number([...shown, ...[...privateInputs.values()].flat()]);
  return { ...layout, parts, sameOutputs, wireOf, wireCount: count };
}

function instanceOf(
  { instance }: Extract<Part, { kind: "gadget" }>,
  gadgets: ReadonlyMap<string, LinkedGadget>,
  { wires }: Layout,
): GadgetInstance {
  const gadget = gadgets.get(instance.text)!;
  const ports = new Int32Array(gadget.portWires - 1);
  for (const { name, wire, size } of gadget.ports)
    for (let i = 0; i < size; i++) ports[wire - 1 + i] = instance.refOf(name, i);
  for (const [a, b] of gadget.equal) wires.unite(ports[a - 1], ports[b - 1]);
  for (const [port, value] of gadget.fixed) wires.fix(ports[port - 1], value);
  const inner = wires.fresh(gadget.r1cs.wireCount - gadget.portWires);
  return { kind: "gadget", path: instance.path, gadget, ports, inner };
}
