import type { CircuitText, Constant, SignalText, StepText } from "./circuit.js";
import type { Affine, Connection } from "./connection.js";
import { ZERO } from "./connection.js";
import { LOOP_VARIABLES, SIGNALS, TEMPLATES } from "./names.js";
import { Tokens } from "./tokens.js";

export interface CircuitTexts {
  /** `main.circom`, and the constants that it includes. */
  readonly main: string;
  readonly constants: string;
  /** Text of the circuit library: it names the parameters. */
  readonly library: string;
}

/**
 * Reads back what {@link printCircom} writes.
 *
 * @throws Torch2CircomError where the text has anything else
 */
export function readCircuit({ main, constants, library }: CircuitTexts): CircuitText {
  const reader = new Reader(new Tokens(main), constantsOf(constants), templateParameters(library));
  return reader.circuit();
}

/** The parameters of each template of a Circom text. */
function templateParameters(text: string): Map<string, string[]> {
  const heads = text.matchAll(/^template (\w+)\(([^)]*)\)/gm);
  return new Map([...heads].map(([, name, list]) => [name, list.match(/\w+/g) ?? []]));
}

/** Functions of a constants file, by name. */
function constantsOf(text: string): Map<string, Constant> {
  const tokens = new Tokens(text);
  const found = new Map<string, Constant>();
  if (tokens.take("pragma")) tokens.skipTo(";");
  while (tokens.take("function")) {
    const name = tokens.name();
    tokens.expect("(", ")", "{", "return");
    found.set(name, literal(tokens));
    tokens.expect(";", "}");
  }
  return found;
}

function literal(tokens: Tokens): Constant {
  if (!tokens.take("[")) {
    const sign = tokens.take("-") ? "-" : "";
    const digits = `${sign}${tokens.digits()}`;
    return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits);
  }
  const values: Constant[] = [];
  do values.push(literal(tokens));
  while (tokens.take(","));
  tokens.expect("]");
  return values;
}

class Reader {
  private readonly inputs: SignalText[] = [];
  private readonly outputs: SignalText[] = [];
  private readonly steps: StepText[] = [];
  private readonly connections: Connection[] = [];

  constructor(
    private readonly tokens: Tokens,
    private readonly constants: ReadonlyMap<string, Constant>,
    private readonly parameters: ReadonlyMap<string, readonly string[]>,
  ) {}

  circuit(): CircuitText {
    const { tokens, inputs, outputs, steps, connections } = this;
    while (tokens.isNext("pragma") || tokens.isNext("include")) tokens.skipTo(";");
    tokens.expect("template", TEMPLATES.model, "(", ")", "{");
    while (!tokens.take("}")) this.statement();
    tokens.expect("component", "main");
    // Of a batch, and of a segment but the first, only outputs are public.
    if (inputs.some(({ name }) => name === SIGNALS.binding))
      tokens.expect("{", "public", "[", SIGNALS.binding, "]", "}");
    tokens.expect("=", TEMPLATES.model, "(", ")", ";");
    return { inputs, outputs, steps, connections };
  }

  private statement(): void {
    const { comment } = this.tokens;
    if (this.tokens.take("signal")) this.signal(comment);
    else if (this.tokens.take("component")) this.component(comment);
    else this.connection();
  }

  private signal(comment: readonly string[]): void {
    const { tokens } = this;
    const list = tokens.take("input") ? this.inputs : tokens.take("output") ? this.outputs : this.steps;
    const name = tokens.name();
    const size = tokens.take("[") ? Number(tokens.digits()) : undefined;
    if (size !== undefined) tokens.expect("]");
    tokens.expect(";");
    const signal = { name, ...(size !== undefined && { size }) };
    if (list === this.steps) this.steps.push({ ...signal, template: "", arguments: new Map(), comment });
    else list.push(signal);
  }

  private component(comment: readonly string[]): void {
    const { tokens } = this;
    const name = tokens.name();
    tokens.expect("=");
    const template = tokens.name();
    const parameters = this.parameters.get(template);
    if (parameters === undefined) throw tokens.unreadable(`a template of the library, and not ${template},`);
    tokens.expect("(");
    const own = new Map<string, Constant>();
    for (const [i, parameter] of parameters.entries()) {
      if (i > 0) tokens.expect(",");
      own.set(parameter, this.argument());
    }
    tokens.expect(")", ";");
    this.steps.push({ name, template, arguments: own, comment });
  }

  private argument(): Constant {
    const { tokens } = this;
    if (tokens.isNext("[") || tokens.isNext("-") || tokens.isNumber) return literal(tokens);
    const name = tokens.name();
    const value = this.constants.get(name);
    if (value === undefined) throw tokens.unreadable(`a constant of the circuit, and not ${name},`);
    tokens.expect("(", ")");
    return value;
  }

  private connection(): void {
    const { tokens } = this;
    const counts: number[] = [];
    while (tokens.take("for")) {
      const variable = LOOP_VARIABLES[counts.length] ?? "";
      tokens.expect("(", "var", variable, "=", "0", ";", variable, "<");
      counts.push(Number(tokens.digits()));
      tokens.expect(";", variable, "++", ")");
    }
    const to = this.signalName();
    const into = this.index(counts.length);
    tokens.expect("<==");
    const from = tokens.take(ZERO) ? ZERO : this.signalName();
    const of = this.index(counts.length);
    tokens.expect(";");
    const loops = into && { counts, to: into, ...(of && { from: of }) };
    this.connections.push({ to, from, ...(loops && { loops }) });
  }

  /** `name`, or `component.signal`. */
  private signalName(): string {
    const name = this.tokens.name();
    return this.tokens.take(".") ? `${name}.${this.tokens.name()}` : name;
  }

  /** `[5 + 2 * i + j]`, or nothing. */
  private index(loops: number): Affine | undefined {
    const { tokens } = this;
    if (!tokens.take("[")) return undefined;
    const strides = new Array<number>(loops).fill(0);
    let start = 0;
    let sign = tokens.take("-") ? -1 : 1;
    do {
      const factor = tokens.isNumber ? Number(tokens.digits()) : undefined;
      if (factor === undefined || tokens.take("*")) {
        const variable = tokens.name();
        const loop = LOOP_VARIABLES.findIndex((one) => one === variable);
        if (loop < 0 || loop >= loops) throw tokens.unreadable(`a loop of ${variable}`);
        strides[loop] += sign * (factor ?? 1);
      } else start += sign * factor;
      sign = tokens.isNext("-") ? -1 : 1;
    } while (tokens.take("+") || tokens.take("-"));
    tokens.expect("]");
    return { start, strides };
  }
}
