import { compileExpression, compileScope, type Assignment, type Evaluate } from "../assumptions/evaluate.js";
import { constants } from "../assumptions/functions.js";
import type { Contained } from "../assumptions/language.js";
import {
  exactly,
  isInterval,
  isSignal,
  type Constant as ListOf,
  type Signal,
  type Value,
} from "../assumptions/values.js";
import type { Constant } from "../circom/text/circuit.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Template } from "./gadgetLibrary.js";
import type { Ref, Wires } from "./wires.js";

/** An instance of a gadget in a circuit: the refs of each of its signals. */
export interface Instance {
  readonly template: string;
  /** As a Circom expression, which names the gadget. */
  readonly text: string;
  /** Its place, as circom would name it: `fc1_relu.gadget[3]`. */
  readonly path: string;
  /** @param port of the gadget @param element of its signal */
  readonly refOf: (port: string, element: number) => Ref;
}

interface CompiledPart {
  readonly template: string;
  readonly each: ReturnType<typeof compileScope>;
  readonly parameters: readonly Evaluate[];
  readonly signals: readonly { readonly name: string; readonly value: Evaluate }[];
}

/**
 * Takes layers apart into gadgets, by what templates say that they are composed of. Signals are lists of refs here, and an
 * element that is asked for the first time gets a new one.
 */
export class Composer {
  private readonly parts = new Map<string, readonly CompiledPart[]>();
  private readonly texts = new WeakMap<object, string>();

  constructor(
    private readonly templates: ReadonlyMap<string, Template>,
    private readonly wires: Wires,
  ) {}

  /**
   * @param path of the component
   * @param parameters in the template's order
   * @param signals its inputs and outputs by name
   * @param visit gets each gadget, in an order in which inputs come before what they are inputs of
   */
  takeApart(
    path: string,
    template: string,
    parameters: readonly Constant[],
    signals: ReadonlyMap<string, RefList>,
    visit: (instance: Instance) => void,
  ): void {
    const names: Assignment = {};
    for (const [name, list] of signals) names[name] = list;
    this.walk(path, template, parameters.map(valueOf), names, visit);
  }

  private walk(
    path: string,
    template: string,
    parameters: readonly Value[],
    signals: Assignment,
    visit: (instance: Instance) => void,
  ): void {
    const { claims, instanceNames } = this.templateOf(template);
    if (claims.composes.length === 0) {
      const text = this.textOf(template, parameters);
      visit({ template, text, path, refOf: (port, i) => refOf(signals, port, i) });
      return;
    }
    const counts = new Map<string, number>();
    const names: Assignment = { ...signals };
    claims.parameters.forEach((name, i) => (names[name] = parameters[i]));
    for (const { name } of claims.signals) names[name] = new RefList(this.wires);
    for (const part of this.partsOf(template))
      part.each(names, (own) => {
        const inner: Assignment = {};
        for (const { name, value } of part.signals) inner[name] = value(own);
        const name = instanceNames.get(part.template) ?? part.template;
        const count = counts.get(name) ?? 0;
        counts.set(name, count + 1);
        this.walk(
          `${path}.${name}[${count}]`,
          part.template,
          part.parameters.map((value) => value(own)),
          inner,
          visit,
        );
      });
  }

  private templateOf(template: string): Template {
    const known = this.templates.get(template);
    if (known !== undefined) return known;
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `The circuit has a template ${template}, which the library does not have`,
      "Install torch2circom again.",
    );
  }

  private partsOf(template: string): readonly CompiledPart[] {
    const known = this.parts.get(template);
    if (known !== undefined) return known;
    const compiled = this.templateOf(template).claims.composes.map((part: Contained) => ({
      template: part.template,
      each: compileScope(part),
      parameters: part.parameters.map(compileExpression),
      signals: part.signals.map(({ name, value }) => ({ name, value: compileExpression(value) })),
    }));
    this.parts.set(template, compiled);
    return compiled;
  }

  private textOf(template: string, parameters: readonly Value[]): string {
    return `${template}(${parameters.map((value) => this.literal(value)).join(",")})`;
  }

  private literal(value: Value): string {
    if (isInterval(value)) return String(value.lo);
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(constants(value));
    this.texts.set(value, text);
    return text;
  }
}

/** The elements of a signal as refs; as the claims' language sees it, each is the number of its ref. */
export class RefList implements Signal {
  private readonly refs: Ref[];
  readonly length: number;

  /** @param refs of an input. @default none: an output, or an inner signal, which gets refs as it is asked for them */
  constructor(
    private readonly wires: Wires,
    refs?: Iterable<Ref>,
  ) {
    this.refs = refs === undefined ? [] : Array.from(refs);
    this.length = refs === undefined ? Infinity : this.refs.length;
  }

  ref(element: number): Ref {
    if (element >= this.length) throw new RangeError(`a signal of ${this.length} elements has no ${element}`);
    return (this.refs[element] ??= this.wires.fresh(1));
  }

  at(element: number): ReturnType<typeof exactly> {
    return exactly(this.ref(element));
  }

  /** Those of an output, up to the last that was asked for. */
  get known(): readonly Ref[] {
    return this.refs;
  }
}

function refOf(signals: Assignment, port: string, element: number): Ref {
  const value: Value | undefined = signals[port];
  if (value === undefined) throw new RangeError(`nothing is said of the signal ${port}`);
  if (isInterval(value)) return Number(value.lo);
  if (!isSignal(value)) throw new RangeError(`${port} is no signal`);
  return value instanceof RefList ? value.ref(element) : Number(value.at(element).lo);
}

function valueOf(value: Constant): Value {
  return typeof value === "object" ? (value as readonly ListOf[]) : exactly(value);
}
