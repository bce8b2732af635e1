import { Arguments, constantFunctions, templateParameters } from "./arguments.js";
import {
  isComponent,
  readCircuit,
  withoutComments,
  type Circuit,
  type ComponentText,
  type SignalText,
} from "./circuit.js";
import { Unreadable, type Check, type Ledger } from "./findings.js";
import { Wires } from "./wires.js";

/** A component whose arguments are known by name. */
export interface Part {
  readonly name: string;
  readonly template: string;
  readonly arguments: Arguments;
}

/** The texts of a circuit, and what of them has been accounted for. */
export class CircuitText {
  readonly circuit: Circuit;
  readonly wires: Wires;
  private readonly parts = new Map<string, Part>();
  private readonly left: (ComponentText | SignalText)[];

  constructor(
    { main, constants, library }: { main: string; constants: string; library: string },
    readonly ledger: Ledger,
  ) {
    this.circuit = readCircuit(main);
    this.wires = new Wires(this.circuit);
    this.left = [...this.circuit.items];
    const whole = ledger.of("main.circom");
    whole("a statement that is not known", this.circuit.unknown.length === 0, () => this.circuit.unknown[0]);
    const { inputs, outputs, items } = this.circuit;
    const names = [...inputs, ...outputs, ...items].map(({ name }) => name);
    whole("a name that stands twice", new Set(names).size === names.length, () => names.join());
    const templates = templateParameters(withoutComments(library));
    const ownConstants = constantFunctions(withoutComments(constants));
    for (const item of items.filter(isComponent)) {
      const { name, template } = item;
      const parameters = templates.get(template);
      const check = ledger.of(name);
      if (!check("a template that the library has not", parameters !== undefined, () => template)) continue;
      attempt(check, () => {
        const read = new Arguments(item.arguments, parameters!, ownConstants);
        this.parts.set(name, { name, template, arguments: read });
      });
    }
  }

  /** Components of a template that nobody has taken. */
  of(template: string): Part[] {
    return this.left.flatMap((item) => {
      const part = isComponent(item) && item.template === template ? this.parts.get(item.name) : undefined;
      return part === undefined ? [] : [part];
    });
  }

  /** The component by a name that nobody has taken yet. */
  take(name: string): Part | undefined {
    const at = this.left.findIndex((item) => item.name === name);
    if (at >= 0) this.left.splice(at, 1);
    return at >= 0 ? this.parts.get(name) : undefined;
  }

  /** Components and signals that nobody has taken, in the order of the text. */
  get rest(): readonly (ComponentText | SignalText)[] {
    return this.left;
  }
}

/** Does what needs a readable text, and finds that it is not if so. */
export function attempt(check: Check, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    check("a text that cannot be read", false, () => error.message);
  }
}
