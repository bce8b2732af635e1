import type { R1cs } from "../circom/r1cs.js";
import { Flow } from "./flow.js";

/** A component or a list of wires of the generated `main.circom`, in the order in which data flows. */
export interface Step {
  readonly name: string;
  /** Name of the template; "" for wiring, and for what is no layer. */
  readonly template: string;
  /** The template's arguments as they stand in the text. */
  readonly arguments: string;
}

/** First of all steps: what the prover is given. */
export const INPUTS = 0;
/** The commitment, range checks of inputs, and the binding. */
export const BINDING = 1;

/** Templates of that step. */
const BINDERS = ["Bind", "Commit", "CommitAndEvaluate", "PackChecked"];

/** The ninth argument of SecretLinear. */
const SECRET_LINEAR_CHECKED = /^(?:[^,]*,){8}\s*(\d)/;

/** What the wires of a circuit are called, and which step makes them. */
export interface Signals {
  readonly steps: readonly Step[];
  /** A name of each wire: one that the step gives it which makes it. */
  readonly nameOf: readonly string[];
  /** Number of the step that makes each wire; wire 0 has -1. */
  readonly stepOf: Int32Array;
  /** Wires of the main template's own signals, `outputWords[0]` for example. */
  readonly wireOf: ReadonlyMap<string, number>;
  /**
   * For each step, the one by which its wires are held: itself, but for layers of secret weights without range checks.
   * Their sums are held in range by the requantization that takes them.
   */
  readonly heldBy: Int32Array;
  /** Inputs that no constraint reads: they have no wire. */
  readonly unread: readonly string[];
}

/**
 * Reads what stands in a `.sym` file, `label,wire,component,name` a line, in the light of the circuit's main text.
 *
 * Signals that the compiler found equal share a wire. It counts as made by the step whose own signal it is.
 */
export function readSignals(sym: string, main: string, r1cs: R1cs): Signals {
  const text = withoutComments(main);
  const { steps, heldBy } = layoutOf(main);
  const flow = new Flow(text);
  const inputNames = new Set([...text.matchAll(/signal input (\w+)/g)].map(([, name]) => name!));
  // An input that is shown as it is goes by the name of the output.
  const shown = new Map(
    [...text.matchAll(/^\s*(\w+) <== (\w+);$/gm)].flatMap(([, output, name]) =>
      inputNames.has(name!) ? [[name!, output!] as const] : [],
    ),
  );
  const numberOf = new Map(steps.map(({ name }, i) => [name, i]));
  const binding = BINDERS.flatMap((template) => componentsOf(main, template)).filter(
    ({ name }) => name !== "commitOutputs",
  );
  for (const name of [
    "weightCommitment",
    "inputCommitment",
    "inputEvaluation",
    "inputWords",
    ...binding.map((component) => component.name),
  ])
    numberOf.set(name, BINDING);
  for (const output of shown.values()) numberOf.set(output, INPUTS);
  const nameOf = new Array<string>(r1cs.wireCount).fill("");
  const stepOf = new Int32Array(r1cs.wireCount).fill(steps.length - 1);
  const wireOf = new Map<string, number>();
  const unread: string[] = [];
  nameOf[0] = "1";
  stepOf[0] = -1;
  const firstInput = r1cs.publicOutputs + 1;
  const lastInput = r1cs.publicOutputs + r1cs.publicInputs + r1cs.privateInputs;
  for (let at = 0; at < sym.length;) {
    const end = sym.indexOf("\n", at) < 0 ? sym.length : sym.indexOf("\n", at);
    const [labelText, wireText, , fullName] = sym.slice(at, end).split(",");
    at = end + 1;
    if (fullName === undefined) continue;
    const [label, wire] = [Number(labelText), Number(wireText)];
    const name = fullName.replace(/^main\./, "");
    const isInput = label >= firstInput && label <= lastInput;
    if (wire < 0) {
      if (isInput && !shown.has(name)) unread.push(name);
      continue;
    }
    if (!name.includes(".")) wireOf.set(name, wire);
    const source = flow.sourceOf(name);
    const maker = /^\w+/.exec(source)?.[0] ?? "";
    const step = inputNames.has(maker) ? INPUTS : (numberOf.get(maker) ?? steps.length - 1);
    if (nameOf[wire] === "" || step < stepOf[wire]!) nameOf[wire] = source;
    stepOf[wire] = Math.min(stepOf[wire]!, step);
  }
  return { steps, nameOf, stepOf, wireOf, heldBy, unread };
}

/** See {@link Signals.heldBy}: wirings are followed to the requantization. */
function holders(steps: readonly Step[], text: string): Int32Array {
  return Int32Array.from(steps, (step, i) => {
    if (step.template !== "SecretLinear" || SECRET_LINEAR_CHECKED.exec(step.arguments)?.[1] !== "0") return i;
    let source = `${step.name}.out`;
    for (;;) {
      const reader = new RegExp(`^[^\\n]*?\\b(\\w+)(?:\\.in)?(?:\\[[^\\]]*\\])? <== ${source}\\b`, "m").exec(
        text,
      )?.[1];
      const next = steps.findIndex(({ name }) => name === reader);
      if (next < 0 || steps[next]!.template !== "") return Math.max(next, i);
      source = reader!;
    }
  });
}

/** The steps of a circuit's text, and by which each is held. */
export function layoutOf(main: string): Pick<Signals, "steps" | "heldBy"> {
  const text = withoutComments(main);
  const steps = stepsOf(text);
  return { steps, heldBy: holders(steps, text) };
}

/** The steps of a generated circuit: inputs, binding, then its components and wirings, then the outputs. */
function stepsOf(text: string): Step[] {
  const plain = (name: string): Step => ({ name, template: "", arguments: "" });
  const before: Step[] = [plain("inputs"), plain("bind")];
  const steps: Step[] = [];
  const pattern = /^\s*(?:component (\w+) = (\w+)\(([\s\S]*?)\);|signal (\w+)\[\d+\];)/gm;
  for (const [, name, template, parameters, wiring] of text.matchAll(pattern)) {
    if (wiring !== undefined) steps.push(plain(wiring));
    else if (![...BINDERS, "Pack"].includes(template!))
      steps.push({ name: name!, template: template!, arguments: parameters! });
  }
  return [...before, ...steps, plain("outputs")];
}

function withoutComments(main: string): string {
  return main.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/[^\n]*/g, "");
}

/** Components of one template: their names and arguments, in the order of the text. */
export function componentsOf(main: string, template: string): { name: string; arguments: string }[] {
  const pattern = new RegExp(`component (\\w+) = ${template}\\(([\\s\\S]*?)\\);`, "g");
  return [...main.matchAll(pattern)].map(([, name, parameters]) => ({ name: name!, arguments: parameters! }));
}
