import type { R1cs } from "../circom/r1cs.js";
import type { CircuitText } from "../circom/text/circuit.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { Flow } from "./flow.js";
import { layoutOf, type Layout } from "./layout.js";

/** What the wires of a circuit are called, and which step makes them. */
export interface Signals extends Pick<Layout, "steps" | "heldBy"> {
  /** A name of each wire: one that the step gives it which makes it. */
  readonly nameOf: readonly string[];
  /** Number of the step that makes each wire; wire 0 has -1. */
  readonly stepOf: Int32Array;
  /** Wires of the main template's own signals, `outputWords[0]` for example. */
  readonly wireOf: ReadonlyMap<string, number>;
  /** Inputs that no constraint reads: they have no wire. */
  readonly unread: readonly string[];
}

/**
 * Reads what stands in a `.sym` file, `label,wire,component,name` a line, in the light of the circuit's text.
 *
 * Signals that the compiler found equal share a wire. It counts as made by the step whose own signal it is.
 *
 * @throws Torch2CircomError for a wire whose maker the text does not declare
 */
export function readSignals(sym: string, circuit: CircuitText, r1cs: R1cs): Signals {
  const { steps, heldBy, makers, shown } = layoutOf(circuit);
  const flow = new Flow(circuit);
  const nameOf = new Array<string>(r1cs.wireCount).fill("");
  const stepOf = new Int32Array(r1cs.wireCount).fill(steps.length - 1);
  const wireOf = new Map<string, number>();
  const unread: string[] = [];
  nameOf[0] = "1";
  stepOf[0] = -1;
  const firstInput = r1cs.publicOutputs + 1;
  const lastInput = r1cs.publicOutputs + r1cs.publicInputs + r1cs.privateInputs;
  for (const { label, wire, name } of linesOf(sym)) {
    if (wire < 0) {
      if (label >= firstInput && label <= lastInput && !shown.has(name)) unread.push(name);
      continue;
    }
    if (!name.includes(".")) wireOf.set(name, wire);
    const source = flow.sourceOf(name);
    const step = makers.get(source.split(/[.[]/, 1)[0]);
    if (step === undefined) throw withoutMaker(name, source);
    if (nameOf[wire] === "" || step < stepOf[wire]) nameOf[wire] = source;
    stepOf[wire] = Math.min(stepOf[wire], step);
  }
  return { steps, nameOf, stepOf, wireOf, heldBy, unread };
}

/** The lines of a `.sym` file, without copying the text. */
function* linesOf(sym: string): Generator<{ label: number; wire: number; name: string }> {
  for (let at = 0; at < sym.length;) {
    const end = sym.indexOf("\n", at) < 0 ? sym.length : sym.indexOf("\n", at);
    const [label, wire, , name] = sym.slice(at, end).split(",");
    at = end + 1;
    if (name !== undefined)
      yield { label: Number(label), wire: Number(wire), name: name.replace(/^main\./, "") };
  }
}

function withoutMaker(name: string, source: string): Torch2CircomError {
  const through = source === name ? "" : ` (through ${name})`;
  return new Torch2CircomError(
    "BUILD_DAMAGED",
    `The compiled circuit has a wire ${source}${through}, and its text declares nothing of that name`,
    "Build the model again: the circuit's text has changed since it was compiled.",
  );
}
