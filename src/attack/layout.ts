import { COMPONENTS, SIGNALS, TEMPLATES } from "../circom/text/names.js";
import type { CircuitText, Constant, StepText } from "../circom/text/circuit.js";

/** A component or a list of wires of the generated `main.circom`, in the order in which data flows. */
export interface Step {
  readonly name: string;
  /** Name of the template; "" for wiring, and for what is not a layer. */
  readonly template: string;
  /** The template's arguments, by name. */
  readonly arguments: ReadonlyMap<string, Constant>;
}

/** First of all steps: what the prover is given. */
export const INPUTS = 0;
/** The commitment, range checks of inputs, and the binding. */
export const BINDING = 1;

export interface Layout {
  readonly steps: readonly Step[];
  /**
   * For each step, the one by which its wires are held: itself, except for layers of secret weights without range
   * checks. Their sums are held in range by the requantization that takes them.
   */
  readonly heldBy: Int32Array;
  /** The step that makes each signal and component of the main template, by name. */
  readonly makers: ReadonlyMap<string, number>;
  /** Inputs that are shown as they are, and the outputs that show them. */
  readonly shown: ReadonlyMap<string, string>;
}

/** Templates that are not layers of the model. */
const NO_LAYERS: ReadonlySet<string> = new Set([
  TEMPLATES.bind,
  TEMPLATES.commit,
  TEMPLATES.commitAndEvaluate,
  TEMPLATES.encrypt,
  TEMPLATES.packInput,
  TEMPLATES.packOutput,
]);

/** Signals of the main template that the step `bind` makes. */
const BINDING_SIGNALS: readonly string[] = [
  SIGNALS.weightCommitment,
  SIGNALS.inputCommitment,
  SIGNALS.inputEvaluation,
  SIGNALS.inputChallenge,
  SIGNALS.inputWords,
];

/** The steps of a generated circuit: inputs, binding, then its components and wirings, then the outputs. */
export function layoutOf(circuit: CircuitText): Layout {
  const layers = circuit.steps.filter(({ template }) => !NO_LAYERS.has(template));
  const steps = [
    plain("inputs"),
    plain("bind"),
    ...layers.map((step) => (step.template === TEMPLATES.wiring ? plain(step.name) : step)),
    plain("outputs"),
  ];
  const last = steps.length - 1;
  const makers = new Map(layers.map(({ name }, i) => [name, i + 2]));
  for (const { name, template } of circuit.steps)
    if (NO_LAYERS.has(template)) makers.set(name, isOfOutputs(name, template) ? last : BINDING);
  for (const { name } of circuit.outputs) makers.set(name, BINDING_SIGNALS.includes(name) ? BINDING : last);
  for (const { name } of circuit.inputs) makers.set(name, INPUTS);
  const shown = shownInputs(circuit);
  for (const output of shown.values()) makers.set(output, INPUTS);
  return { steps, heldBy: holders(steps, circuit), makers, shown };
}

function plain(name: string): Step {
  return { name, template: "", arguments: new Map() };
}

function isOfOutputs(name: string, template: string): boolean {
  return (
    [TEMPLATES.packOutput, TEMPLATES.encrypt].some((own) => own === template) ||
    name === COMPONENTS.commitOutputs
  );
}

function shownInputs({ inputs, outputs, connections }: CircuitText): Map<string, string> {
  const isOf = (list: CircuitText["inputs"], name: string) => list.some((signal) => signal.name === name);
  const direct = connections.filter(({ to, from }) => isOf(outputs, to) && isOf(inputs, from));
  return new Map(direct.map(({ to, from }) => [from, to]));
}

/** See {@link Layout.heldBy}: wirings are followed to the requantization. */
function holders(steps: readonly Step[], { connections, steps: texts }: CircuitText): Int32Array {
  const templates = new Map(texts.map((step: StepText) => [step.name, step.template]));
  return Int32Array.from(steps, (step, i) => {
    if (step.template !== TEMPLATES.secretLinear || step.arguments.get("checked") !== 0) return i;
    let source = `${step.name}.out`;
    for (;;) {
      const reader = connections.find(({ from }) => from === source)?.to.split(".", 1)[0];
      const next = steps.findIndex(({ name }) => name === reader);
      if (next < 0 || steps[next].template !== "") return Math.max(next, i);
      source = templates.get(reader!) === TEMPLATES.wiring ? `${reader!}.out` : reader!;
    }
  });
}
