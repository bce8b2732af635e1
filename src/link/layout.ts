import { SIGNALS, TEMPLATES } from "../circom/text/names.js";
import type { CircuitText, StepText } from "../circom/text/circuit.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { Composer, RefList, type Instance } from "./compose.js";
import type { Template } from "./gadgetLibrary.js";
import { linearLayer, LINEAR_TEMPLATES, type LinearLayer } from "./linear.js";
import { Signals } from "./signals.js";
import { Wires, type Ref } from "./wires.js";

/** A gadget, or a linear layer, of a circuit. */
export type Part =
  | { readonly kind: "gadget"; readonly instance: Instance }
  | { readonly kind: "linear"; readonly layer: LinearLayer };

/** What a circuit consists of, before its gadgets are compiled. */
export interface Layout {
  readonly wires: Wires;
  /** What a part reads is made by parts before it, or given. */
  readonly parts: readonly Part[];
  /** The main template's outputs and inputs by name. */
  readonly outputs: ReadonlyMap<string, readonly Ref[]>;
  readonly publicInputs: ReadonlyMap<string, readonly Ref[]>;
  readonly privateInputs: ReadonlyMap<string, readonly Ref[]>;
  /** Those of main that are no lists. */
  readonly lone: ReadonlySet<string>;
  readonly signals: Signals;
}

/**
 * Circuit -> gadgets and linear layers, connected by refs.
 *
 * @throws Torch2CircomError where a component is never fed, or is none of the library
 */
export function layOut(circuit: CircuitText, templates: ReadonlyMap<string, Template>): Layout {
  const wires = new Wires();
  const signals = new Signals(circuit, wires);
  const declared = (list: CircuitText["inputs"]) =>
    new Map(list.map(({ name, size }) => [name, signals.declare(name, size)] as const));
  const isPublic = ({ name }: { readonly name: string }) => name === SIGNALS.binding;
  const outputs = declared(circuit.outputs);
  const publicInputs = declared(circuit.inputs.filter(isPublic));
  const privateInputs = declared(circuit.inputs.filter((input) => !isPublic(input)));

  const composer = new Composer(templates, wires);
  const parts: Part[] = [];
  const add = (step: StepText): void => {
    const { name, template } = step;
    if (template === "") return signals.set(name, signals.feederOf(name));
    const inputs = signals.inputsOf(step);
    if (template === TEMPLATES.wiring)
      return signals.set(`${name}.out`, moved(step, inputs.get("in")!, wires));
    if (LINEAR_TEMPLATES.has(template)) {
      const layer = linearLayer(step, inputs.get("in")!, wires);
      parts.push({ kind: "linear", layer });
      return signals.set(`${name}.out`, new RefList(wires, layer.output));
    }
    const own = new Map(inputs);
    for (const output of templates.get(template)?.outputs ?? []) {
      own.set(output, new RefList(wires));
      signals.set(`${name}.${output}`, own.get(output)!);
    }
    composer.takeApart(name, template, [...step.arguments.values()], own, (instance) =>
      parts.push({ kind: "gadget", instance }),
    );
  };
  inOrder(circuit.steps, signals, add);
  const all = [...circuit.inputs, ...circuit.outputs];
  const lone = new Set(all.flatMap(({ name, size }) => (size === undefined ? [name] : [])));
  return { wires, parts, outputs, publicInputs, privateInputs, lone, signals };
}

/** Calls back with each step when all that feeds it is known: a commitment is declared before what it commits to. */
function inOrder(steps: readonly StepText[], signals: Signals, add: (step: StepText) => void): void {
  let waiting = steps;
  while (waiting.length > 0) {
    const later: StepText[] = [];
    for (const step of waiting) {
      if (signals.isFed(step.name)) add(step);
      else later.push(step);
    }
    if (later.length === waiting.length)
      throw new Torch2CircomError(
        "INTERNAL_CHECK_FAILED",
        `Nothing feeds the component ${later[0].name}`,
        "Build the model again: the circuit's text has changed since it was printed.",
      );
    waiting = later;
  }
}

function moved(step: StepText, source: RefList, wires: Wires): RefList {
  const index = step.arguments.get("index") as readonly number[];
  return new RefList(
    wires,
    index.map((from) => (from < 0 ? wires.zero : source.ref(from))),
  );
}
