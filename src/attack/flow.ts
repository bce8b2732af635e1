import { placesOf, ZERO, type Connection } from "../circom/text/connection.js";
import { SIGNALS, TEMPLATES } from "../circom/text/names.js";
import type { CircuitText, StepText } from "../circom/text/circuit.js";
import { WORD_BITS } from "../netlist/domain.js";

/**
 * Where the wires between components come from. The compiler gives signals that are equal one wire, and of all their
 * names keeps one: the output of a layer often goes by the name of the next layer's input. The text of the circuit
 * says whose output it is.
 */
export class Flow {
  /** For each list of wires that is fed as a whole, the list that feeds it. */
  private readonly lists = new Map<string, string>();
  /** For each element that is fed by itself, `name[i]`, the one that feeds it. */
  private readonly elements = new Map<string, string>();

  constructor({ steps, connections }: CircuitText) {
    const followed = new Set(
      steps.map(({ name, template }) => (template === "" ? name : `${name}.in`)).concat(SIGNALS.outputWords),
    );
    for (const connection of connections) if (followed.has(connection.to)) this.add(connection);
    for (const step of steps) {
      if (step.template === TEMPLATES.wiring) this.addWiring(step);
      if (step.template === TEMPLATES.packOutput) this.addPacker(step);
    }
  }

  /** The signal that is the same wire and was made first: a component's own, or an input of main. */
  sourceOf(name: string): string {
    for (let at = name; ;) {
      const next = this.elements.get(at) ?? this.ofList(at);
      if (next === undefined) return at;
      at = next;
    }
  }

  private ofList(name: string): string | undefined {
    const bracket = name.lastIndexOf("[");
    const source = this.lists.get(name.slice(0, bracket));
    return source && `${source}${name.slice(bracket)}`;
  }

  private add({ to, from, loops }: Connection): void {
    if (from === ZERO) return;
    if (loops === undefined) this.lists.set(to, from);
    else for (const [into, of] of placesOf(loops)) this.elements.set(`${to}[${into}]`, `${from}[${of}]`);
  }

  private addWiring({ name, arguments: own }: StepText): void {
    (own.get("index") as readonly number[]).forEach((source, i) => {
      if (source >= 0) this.elements.set(`${name}.out[${i}]`, `${name}.in[${source}]`);
    });
  }

  /** A word that holds one integer as it is, is that integer's own wire. */
  private addPacker({ name, arguments: own }: StepText): void {
    const [count, width, offset] = [...own.values()].map(Number) as [number, number, number];
    const perWord = Math.floor(WORD_BITS / width);
    for (let word = 0; offset === 0 && word * perWord < count; word++)
      if (Math.min(perWord, count - word * perWord) === 1)
        this.elements.set(`${name}.out[${word}]`, `${name}.in[${word * perWord}]`);
  }
}
