import { checkInputs, checkOutputs, checkShown } from "./binding.js";
import { boundsOf, operandBounds, uniform } from "./bounds.js";
import { type Bounds, type Known } from "./known.js";
import { isComponent, type ComponentText, type SignalText } from "./circuit.js";
import { Ledger, Unreadable, same, sameList, type Check, type Finding } from "./findings.js";
import { bitsOf, greatest, least, span } from "./numbers.js";
import { operandsOf, readProgram, type OperationOf, type Program } from "./program.js";
import { RULES } from "./rules/index.js";
import { checkSecretLayer, secretLayer, type SecretLayer } from "./secret.js";
import { shapesFit } from "./shapes.js";
import { attempt, CircuitText, type Part } from "./text.js";
import type { Source, Wires } from "./wires.js";

/**
 * A second opinion on a circuit: from the texts of a build alone, by arithmetic of its own, whether every component is
 * what its operation needs, and every value that it makes fits its widths. The room shares nothing with those that
 * chose the widths, and passes nothing over: what it does not know is a finding.
 */

export interface Texts {
  /** Text of `program.json`. */
  readonly programJson: string;
  /** Texts of `main.circom` and of the constants that it includes. */
  readonly main: string;
  readonly constants: string;
  /** Text of the circuit library, one file after the other. */
  readonly library: string;
}

export interface Checked {
  /** How many numbers, wires, widths and assertions were looked at. */
  readonly checks: number;
  readonly findings: readonly Finding[];
}

/** Values stay four bits below the field's order: sums of a few such numbers do not wrap it. */
const LIMIT_BITS = 250;
const FIELD_BITS = 254;

export function checkWidths(texts: Texts): Checked {
  const ledger = new Ledger();
  attempt(ledger.of("program.json"), () => {
    const program = readProgram(texts.programJson);
    if (shapesFit(program, ledger.of("program.json"))) checkCircuit(program, new CircuitText(texts, ledger));
  });
  return { checks: ledger.checks, findings: ledger.findings };
}

function checkCircuit(program: Program, text: CircuitText): void {
  const { ledger } = text;
  const { held, words } = checkInputs(program, text);
  const signalOf = new Map(held.map(({ tensor, signal }) => [tensor, signal]));
  const steps = checkSteps(program, text, signalOf);
  if (steps === undefined || held.length < program.inputs.length) return;
  const secrets = secretsOf(program, text, steps);
  const given = new Map(held.map(({ tensor, bounds }) => [tensor, bounds]));
  // Until a constraint shows what a sum of secret weights is, it can be anything.
  program.operations.forEach((operation, tensor) => {
    if (operation.kind !== "linear" || operation.secret === undefined) return;
    given.set(tensor, uniform(operation.size, -span(FIELD_BITS), span(FIELD_BITS)));
  });
  for (const { tensor, held: sums, enforcer } of secrets) {
    given.set(tensor, sums);
    if (enforcer !== undefined) given.set(enforcer.tensor, enforcer.results);
  }
  const known = boundsOf(program, given);
  known.bounds.forEach((bounds, tensor) => magnitude(program, tensor, bounds, ledger));
  for (const [tensor, part] of steps) checkComponent(part, tensor, known, ledger);
  for (const layer of secrets) {
    const part = steps.get(layer.tensor)!;
    const x = operandBounds(program.operations[layer.tensor], known);
    attempt(ledger.of(part.name), () => checkSecretLayer(program, layer, part, x, ledger.of(part.name)));
  }
  const outputs = checkOutputs(program, text, signalOf, known.bounds);
  checkShown(program, text, words, outputs);
  const rest = [...text.rest.map(({ name }) => name), ...text.wires.rest];
  ledger.check("main.circom", "what belongs to nothing", rest.length === 0, () => rest.slice(0, 5).join());
}

/**
 * Matches components and wirings with operations, in order, and looks whether each is fed by the tensors that its
 * operation reads.
 *
 * @returns the component of each operation that is none of moving; undefined where they cannot be matched
 */
function checkSteps(
  program: Program,
  text: CircuitText,
  signalOf: Map<number, string>,
): Map<number, Part> | undefined {
  const { ledger, wires } = text;
  const others = ["Pack", "PackChecked", "Bind", "Commit", "CommitAndEvaluate", "Encrypt"];
  const items = text.rest.filter((item) => !isComponent(item) || !others.includes(item.template));
  const made = program.operations.flatMap(({ kind }, tensor) => (kind === "input" ? [] : [tensor]));
  if (!same(ledger.of("main.circom"), "the number of layers", items.length, made.length)) return undefined;
  const steps = new Map<number, Part>();
  let weightWords = 0;
  for (const [i, tensor] of made.entries()) {
    const operation = program.operations[tensor];
    const item = items[i];
    const check = ledger.of(item.name);
    const part = text.take(item.name);
    const sources = operandsOf(operation).flatMap((id) =>
      Array.from({ length: program.operations[id].size }, (_, at): Source => [signalOf.get(id) ?? "", at]),
    );
    if (operation.kind === "view") {
      signalOf.set(tensor, checkWiring(operation, item, part, { sources, wires, check }));
      continue;
    }
    signalOf.set(tensor, `${item.name}.out`);
    if (!check("wires where a component is to be", isComponent(item), () => operation.name)) continue;
    wires.expect(check, `${item.name}.in`, sources.length, (at) => sources[at]);
    if (part === undefined) continue; // unreadable, which is a finding already
    steps.set(tensor, part);
    if (operation.kind === "linear" && part.template === "SecretLinear")
      attempt(check, () => {
        const first = weightWords;
        const count = wordCount(operation, part);
        weightWords += count;
        wires.expect(check, `${item.name}.words`, count, (at) => ["weightWords", first + at]);
      });
  }
  const declared = text.circuit.inputs.find(({ name }) => name === "weightWords")?.size ?? 0;
  same(ledger.of("main.circom"), "the number of words of weights", declared, weightWords);
  return steps.size === made.filter((tensor) => program.operations[tensor].kind !== "view").length
    ? steps
    : undefined;
}

/** Wires, or a component that moves elements by a list of indices. @returns the signal that holds the result */
function checkWiring(
  { name, index, size }: OperationOf<"view">,
  item: ComponentText | SignalText,
  part: Part | undefined,
  { sources, wires, check }: { sources: readonly Source[]; wires: Wires; check: Check },
): string {
  if (!isComponent(item)) {
    same(check, "the size", item.size ?? 1, size);
    wires.expect(check, item.name, size, (at) => (index[at] < 0 ? ["0", 0] : sources[index[at]]));
    return item.name;
  }
  check("a component where wires are to be", item.template === "Wiring", () => name);
  wires.expect(check, `${item.name}.in`, sources.length, (at) => sources[at]);
  if (part?.template === "Wiring")
    attempt(check, () => {
      same(check, "inputs", part.arguments.number("inputs"), sources.length);
      same(check, "outputs", part.arguments.number("outputs"), size);
      sameList(check, "index", part.arguments.list("index"), index);
    });
  return `${item.name}.out`;
}

/** How many words hold the weights and biases of a secret layer. */
function wordCount({ channels, positions, taps, groups }: OperationOf<"linear">, part: Part): number {
  const [gc, biases] = [part.arguments.number("perWord"), part.arguments.number("biases")];
  if (gc < 1) throw new Unreadable(`${gc} channels share a word`);
  const blocks = groups * Math.ceil(channels / groups / gc);
  return blocks * taps + blocks * (biases === channels ? 1 : positions);
}

function checkComponent(part: Part, tensor: number, known: Known, ledger: Ledger): void {
  const check = ledger.of(part.name);
  const rule = RULES.get(part.template);
  if (!check("a template without a rule", rule !== undefined, () => part.template)) return;
  const operation = known.program.operations[tensor];
  const x = operandBounds(operation, known);
  attempt(check, () => rule!.check({ operation, tensor, arguments: part.arguments, x, known, check }));
}

function secretsOf(program: Program, text: CircuitText, steps: ReadonlyMap<number, Part>): SecretLayer[] {
  const layers: SecretLayer[] = [];
  for (const [tensor, part] of steps) {
    if (part.template !== "SecretLinear" || program.operations[tensor].kind !== "linear") continue;
    const check = text.ledger.of(part.name);
    attempt(check, () => {
      const layer = secretLayer(program, tensor, steps);
      if (check("sums that nothing holds in range", layer !== undefined, () => part.template))
        layers.push(layer!);
    });
  }
  return layers;
}

function magnitude({ operations }: Program, tensor: number, { lo, hi }: Bounds, ledger: Ledger): void {
  const bits = Math.max(bitsOf(-least(lo)), bitsOf(greatest(hi)));
  const { name } = operations[tensor];
  ledger.check(name, "a value that wraps the field", bits < LIMIT_BITS, () => `it can reach 2^${bits}`);
}
