import type { Bounds } from "./known.js";
import { uniform } from "./bounds.js";
import { asserted, same, type Check } from "./findings.js";
import { span } from "./numbers.js";
import type { Program } from "./program.js";
import { attempt, type CircuitText, type Part } from "./text.js";
import type { Source } from "./wires.js";

/** What a proof shows and hides: inputs held to their domain and packed, commitments, packed outputs. */

/** Bits of a packed word. */
const WORD_BITS = 248;

/** The domain tag of commitments to weights. */
const WEIGHT_DOMAIN = BigInt(`0x${Buffer.from("torch2circom weights").toString("hex")}`);

/** An input as the circuit takes it. */
export interface HeldInput {
  readonly signal: string;
  readonly tensor: number;
  /** What the circuit itself lets it be. */
  readonly bounds: Bounds;
}

/** Signals of lists that are not inputs of the model. */
const OWN_INPUTS = ["weightWords"];

/** Reads the inputs, each held to its domain by a component of its own, and gives what they are packed into. */
export function checkInputs(program: Program, text: CircuitText): { held: HeldInput[]; words: Source[] } {
  const { circuit, ledger } = text;
  const whole = ledger.of("main.circom");
  const own = circuit.inputs.filter(({ name, size }) => size !== undefined && !OWN_INPUTS.includes(name));
  same(whole, "the number of inputs", own.length, program.inputs.length);
  const words: Source[] = [];
  const held: HeldInput[] = [];
  for (const [i, { tensor }] of program.inputs.entries()) {
    if (own[i] === undefined) break;
    const { name: signal, size } = own[i];
    const operation = program.operations[tensor];
    same(ledger.of(signal), "the size", size!, operation.size);
    const packers = text.of("PackChecked").filter(({ name }) => text.wires.peek(`${name}.in`) === signal);
    const isOne = ledger.check(
      signal,
      "an input without a range check",
      packers.length === 1,
      () => `${packers.length}`,
    );
    if (!isOne || operation.kind !== "input") continue;
    const [packer] = packers;
    text.take(packer.name);
    const check = ledger.of(packer.name);
    attempt(check, () => {
      const { bits, lo, hi } = domainOf(packer, check);
      check(
        "an input that is held to another range than its domain",
        lo === BigInt(operation.lo) && hi === BigInt(operation.hi),
        () => `[${lo}, ${hi}] is held, and [${operation.lo}, ${operation.hi}] is the domain`,
      );
      same(check, "count", packer.arguments.number("count"), operation.size);
      text.wires.expect(check, `${packer.name}.in`, operation.size, (at) => [signal, at]);
      words.push(...wordsOf(packer.name, operation.size, bits));
      held.push({ signal, tensor, bounds: uniform(operation.size, lo, hi) });
    });
  }
  return { held, words };
}

/** What PackChecked lets an input be: an interval, or without its end all numbers of some bits. */
function domainOf({ arguments: own }: Part, check: Check): { bits: number; lo: bigint; hi: bigint } {
  const [bits, lo] = [own.number("width"), own.whole("least")];
  const fits = asserted(check, { [`width >= 1 && width <= 32, width = ${bits}`]: bits >= 1 && bits <= 32 });
  if (!own.has("most")) return { bits, lo, hi: lo + (fits ? span(bits) : 1n) - 1n };
  const hi = own.whole("most");
  if (fits)
    asserted(check, {
      [`most > least, least = ${lo}, most = ${hi}`]: hi > lo,
      [`most - least < 1 << width && most - least >= 1 << (width - 1), least = ${lo}, most = ${hi}, width = ${bits}`]:
        hi - lo < span(bits) && hi - lo >= span(bits - 1),
    });
  return { bits, lo, hi };
}

function wordsOf(name: string, size: number, bits: number): Source[] {
  if (bits < 1 || bits > WORD_BITS) return [];
  return Array.from({ length: Math.ceil(size / Math.floor(WORD_BITS / bits)) }, (_, i) => [`${name}.out`, i]);
}

/** Packs every output in bits that hold it. @returns the words */
export function checkOutputs(
  program: Program,
  text: CircuitText,
  signalOf: ReadonlyMap<number, string>,
  bounds: readonly Bounds[],
): Source[] {
  const packers = text.of("Pack");
  same(text.ledger.of("main.circom"), "the number of packed outputs", packers.length, program.outputs.length);
  const words: Source[] = [];
  for (const [i, { tensor }] of program.outputs.entries()) {
    if (packers[i] === undefined) break;
    const { name, arguments: own } = packers[i];
    const { size } = program.operations[tensor];
    text.take(name);
    const check = text.ledger.of(name);
    attempt(check, () => {
      const [bits, lo] = [own.number("width"), own.whole("least")];
      same(check, "count", own.number("count"), size);
      text.wires.expect(check, `${name}.in`, size, (at) => [signalOf.get(tensor) ?? "", at]);
      if (
        !asserted(check, { [`width >= 1 && width <= 248, width = ${bits}`]: bits >= 1 && bits <= WORD_BITS })
      )
        return;
      const hi = lo + span(bits) - 1n;
      for (let at = 0; at < size; at++)
        check(
          "outputs that overlap in their word",
          bounds[tensor].lo[at] >= lo && bounds[tensor].hi[at] <= hi,
          () =>
            `element ${at} can be in [${bounds[tensor].lo[at]}, ${bounds[tensor].hi[at]}], and a slot is [${lo}, ${hi}]`,
        );
      words.push(...wordsOf(name, size, bits));
    });
  }
  return words;
}

/** The commitments, the public signals, and the binding. */
export function checkShown(program: Program, text: CircuitText, inputs: Source[], outputs: Source[]): void {
  const { circuit, wires, ledger } = text;
  const check = ledger.of("main.circom");
  const declared = (list: readonly { name: string }[], name: string) => list.some((one) => one.name === name);
  const isPublic = declared(circuit.outputs, "inputWords");
  const isEvaluated = declared(circuit.outputs, "inputEvaluation");
  const isCommitted = declared(circuit.outputs, "outputCommitment");
  const isEncrypted = declared(circuit.outputs, "encryptedWords");
  const weights = circuit.inputs.find(({ name }) => name === "weightWords");
  const shown = [
    isCommitted ? "outputCommitment" : `${isEncrypted ? "encryptedWords" : "outputWords"}[${outputs.length}]`,
    ...(weights === undefined ? [] : ["weightCommitment"]),
    ...(isPublic ? [`inputWords[${inputs.length}]`] : []),
    ...(isEvaluated ? ["inputEvaluation", "inputChallenge"] : []),
    ...(isPublic ? [] : ["inputCommitment"]),
  ];
  const found = circuit.outputs.map(({ name, size }) => (size === undefined ? name : `${name}[${size}]`));
  check("other public signals", String(found) === String(shown), () => `${found}, and not ${shown}`);
  const lone = circuit.inputs.filter(({ size }) => size === undefined).map(({ name }) => name);
  const needed = [
    ...(isPublic && !isCommitted ? [] : ["salt"]),
    ...(isEvaluated ? ["challenge"] : []),
    ...(weights === undefined ? [] : ["weightSalt"]),
    "binding",
  ];
  check("other secrets", String(lone) === String(needed), () => `${lone}, and not ${needed}`);

  const tag = BigInt(`0x${program.source.slice(0, WORD_BITS / 4)}`);
  const before: Source[] = [];
  if (weights !== undefined) {
    const words = Array.from({ length: weights.size ?? 0 }, (_, i): Source => ["weightWords", i]);
    const name = commitment(text, "weightCommitment", { words, domain: WEIGHT_DOMAIN, salt: "weightSalt" });
    before.push([`${name}.out`, 0]);
  }
  if (isPublic) wires.expect(check, "inputWords", inputs.length, (i) => inputs[i]);
  else {
    const words = [...before, ...inputs];
    const first = isEvaluated ? before.length : undefined;
    const name = commitment(text, "inputCommitment", { words, domain: tag, salt: "salt", first });
    if (isEvaluated) {
      wires.expectOne(check, `${name}.challenge`, "challenge");
      wires.expectOne(check, "inputEvaluation", `${name}.evaluation`);
      wires.expectOne(check, "inputChallenge", "challenge");
    }
  }
  if (isCommitted)
    commitment(text, "outputCommitment", { words: outputs, domain: tag + span(WORD_BITS), salt: "salt" });
  else if (isEncrypted) {
    check("masks of a salt that no commitment holds", !isPublic, () => "the inputs are public");
    encryption(text, outputs, tag + 3n * span(WORD_BITS));
  } else wires.expect(check, "outputWords", outputs.length, (i) => outputs[i]);
  const binds = text.of("Bind");
  if (!check("no binding", binds.length === 1, () => `${binds.length} components`)) return;
  text.take(binds[0].name);
  wires.expectOne(check, `${binds[0].name}.in`, "binding");
}

/** The component that masks the outputs, by the salt of the commitment to the inputs. */
function encryption(text: CircuitText, outputs: readonly Source[], domain: bigint): void {
  const { wires, ledger } = text;
  const parts = text.of("Encrypt");
  if (!ledger.of("main.circom")("no encryption", parts.length === 1, () => `${parts.length} components`))
    return;
  const [{ name, arguments: own }] = parts;
  text.take(name);
  const check = ledger.of(name);
  attempt(check, () => {
    same(check, "count", own.number("count"), outputs.length);
    same(check, "domain", own.whole("domain"), domain);
  });
  wires.expectOne(check, `${name}.salt`, "salt");
  wires.expect(check, `${name}.words`, outputs.length, (i) => outputs[i]);
  wires.expect(check, "encryptedWords", outputs.length, (i) => [`${name}.out`, i]);
}

interface Committed {
  readonly words: readonly Source[];
  readonly domain: bigint;
  readonly salt: string;
  /** Where the polynomial begins, of words that have one. */
  readonly first?: number;
}

/** The component that makes a commitment. @returns its name */
function commitment(text: CircuitText, shown: string, { words, domain, salt, first }: Committed): string {
  const { wires, ledger } = text;
  const template = first === undefined ? "Commit" : "CommitAndEvaluate";
  const source = wires.lone(shown) ?? "";
  const [name, port] = source.split(".");
  const part = text.take(name);
  const isOne = ledger.check(
    shown,
    "no commitment",
    part?.template === template && port === (first === undefined ? "out" : "commitment"),
    () => `it is "${source}", of ${part?.template ?? "no component"}`,
  );
  if (!isOne || part === undefined) return name;
  const check = ledger.of(name);
  attempt(check, () => {
    same(check, "count", part.arguments.number("count"), words.length);
    same(check, "domain", part.arguments.whole("domain"), domain);
    if (first === undefined) return;
    same(check, "first", part.arguments.number("first"), first);
    asserted(check, { [`first >= 0 && first < count, count = ${words.length}`]: first < words.length });
  });
  wires.expectOne(check, `${name}.salt`, salt);
  wires.expect(check, `${name}.words`, words.length, (i) => words[i]);
  return name;
}
