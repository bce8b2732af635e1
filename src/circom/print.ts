import { outputDomain } from "../netlist/domain.js";
import {
  isWiring,
  type Argument,
  type Component,
  type Netlist,
  type Packing,
  type Wiring,
} from "../netlist/types.js";
import { outputPacker } from "../netlist/names.js";
import { WEIGHT_DOMAIN } from "../netlist/secret.js";
import type { TensorId } from "../program/types.js";

/** A generated circuit: what to read, and the numbers it is made of. */
export interface CircomSources {
  readonly main: string;
  readonly constants: string;
}

export interface PrintOptions {
  /** Lines of the file's header: model, hash, command, scales. */
  readonly header: readonly string[];
  /** File name of the constants, as `main` includes it. */
  readonly constantsFile: string;
  /** What the includes of gadgets begin with. @default "torch2circom" */
  readonly library?: string;
}

/** Arguments with more numbers than this go to the constants file. */
const INLINE_LIMIT = 16;

/** Netlist -> Circom, one component a layer. */
export function printCircom(netlist: Netlist, options: PrintOptions): CircomSources {
  const constants: string[] = [];
  const wires = new Map<TensorId, string>(netlist.inputs.map((input) => [input.tensor, input.signal]));
  const sizes = new Map<TensorId, number>(netlist.inputs.map((input) => [input.tensor, input.count]));
  const body: string[] = [];
  for (const step of netlist.steps) {
    body.push("", `    // ${harmless(describe(step))}`);
    body.push(
      ...(isWiring(step) ? printWiring(step, wires, sizes) : printComponent(step, wires, sizes, constants)),
    );
    wires.set(step.output, isWiring(step) ? step.name : `${step.name}.out`);
    sizes.set(step.output, step.size);
  }
  const weights = netlist.weightWords.length;
  const comment = ["/*", ...options.header.map((line) => ` * ${harmless(line)}`.trimEnd()), " */"];
  const main = [
    ...comment,
    "pragma circom 2.1.6;",
    "",
    ...["binding", "layers", "linear", ...(weights === 0 ? [] : ["secretLinear"])].map(
      (file) => `include "${options.library ?? "torch2circom"}/circuits/${file}.circom";`,
    ),
    `include "${options.constantsFile}";`,
    "",
    "template Model() {",
    ...netlist.inputs.map((input) => `    signal input ${input.signal}[${input.count}];`),
    ...secretsOf(netlist).map((name) => `    signal input ${name};`),
    ...(weights === 0 ? [] : [`    signal input weightWords[${weights}];`, "    signal input weightSalt;"]),
    "    signal input binding;",
    netlist.outputMode === "committed"
      ? "    signal output outputCommitment;"
      : `    signal output outputWords[${totalWords(netlist.outputs)}];`,
    ...(weights === 0 ? [] : ["    signal output weightCommitment;"]),
    ...shownOfInputs(netlist).map((name) => `    signal output ${name};`),
    "",
    "    // The proof is about this binding (job and payee) and these inputs",
    "    component bind = Bind();",
    "    bind.in <== binding;",
    ...printWeights(weights),
    ...printInputs(netlist),
    ...body,
    "",
    "    // Outputs, packed",
    ...printOutputs(netlist, wires),
    "}",
    "",
    "component main {public [binding]} = Model();",
    "",
  ];
  return {
    main: main.join("\n"),
    constants: [...comment, "pragma circom 2.1.6;", "", ...constants, ""].join("\n"),
  };
}

/** Names come from the model's file: one that ended a comment would become code. */
function harmless(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").replaceAll("*/", "* /");
}

function describe(step: Component | Wiring): string {
  if (isWiring(step)) return `${step.label}: wiring of ${step.size} elements`;
  const { nonlinear, linear } = step.cost;
  return `${step.label}: ${step.size} outputs, ${nonlinear} non-linear and ${linear} linear constraints`;
}

/** What a commitment to the inputs takes beside them. */
const SECRETS = { committed: ["salt"], evaluated: ["salt", "challenge"], public: [] } as const;

/** What the prover knows beside the inputs. */
function secretsOf({ inputMode, outputMode }: Netlist): readonly string[] {
  return inputMode === "public" && outputMode === "committed" ? ["salt"] : SECRETS[inputMode];
}

/**
 * The outputs that show the inputs. The commitment is the last of them, just before the binding, so that the escrow,
 * which sets these two itself, takes all others as output words.
 */
function shownOfInputs({ inputs, inputMode }: Netlist): string[] {
  if (inputMode === "public") return [`inputWords[${totalWords(inputs)}]`];
  return [...(inputMode === "evaluated" ? ["inputEvaluation", "inputChallenge"] : []), "inputCommitment"];
}

function printInputs(netlist: Netlist): string[] {
  const { inputs, inputMode, domain, weightWords } = netlist;
  const target = inputMode === "public" ? "inputWords" : "commit.words";
  const lines: string[] = [];
  // What is committed to begins with the commitment to the weights: an input for these, and no others.
  const before = inputMode !== "public" && weightWords.length > 0 ? 1 : 0;
  const words = before + totalWords(inputs);
  if (inputMode === "committed") lines.push(`    component commit = Commit(${words}, ${domain});`);
  if (inputMode === "evaluated")
    lines.push(`    component commit = CommitAndEvaluate(${words}, ${before}, ${domain});`);
  lines.push(...SECRETS[inputMode].map((name) => `    commit.${name} <== ${name};`));
  if (before === 1) lines.push("    commit.words[0] <== weights.out;");
  let at = before;
  for (const input of inputs) {
    const name = input.packer;
    const { count, width, offset, most } = input;
    lines.push(`    component ${name} = PackChecked(${count}, ${width}, ${offset}, ${most});`);
    lines.push(`    ${name}.in <== ${input.signal};`);
    lines.push(`    for (var i = 0; i < ${input.words}; i++) ${target}[${at} + i] <== ${name}.out[i];`);
    at += input.words;
  }
  if (inputMode === "committed") lines.push("    inputCommitment <== commit.out;");
  if (inputMode === "evaluated") {
    lines.push("    inputCommitment <== commit.commitment;");
    lines.push("    inputEvaluation <== commit.evaluation;");
    lines.push("    inputChallenge <== challenge;");
  }
  return lines;
}

function printWeights(count: number): string[] {
  if (count === 0) return [];
  return [
    `    component weights = Commit(${count}, ${WEIGHT_DOMAIN});`,
    "    weights.salt <== weightSalt;",
    "    weights.words <== weightWords;",
    "    weightCommitment <== weights.out;",
  ];
}

function printOutputs(
  { outputs, outputMode, domain }: Netlist,
  wires: ReadonlyMap<TensorId, string>,
): string[] {
  const committed = outputMode === "committed";
  const target = committed ? "commitOutputs.words" : "outputWords";
  let at = 0;
  const packed = outputs.flatMap((output, i) => {
    const name = outputPacker(i);
    const lines = [
      `    component ${name} = Pack(${output.count}, ${output.width}, ${output.offset});`,
      `    ${name}.in <== ${wires.get(output.tensor)};`,
      `    for (var i = 0; i < ${output.words}; i++) ${target}[${at} + i] <== ${name}.out[i];`,
    ];
    at += output.words;
    return lines;
  });
  if (!committed) return packed;
  return [
    `    component commitOutputs = Commit(${totalWords(outputs)}, ${outputDomain(domain)});`,
    "    commitOutputs.salt <== salt;",
    ...packed,
    "    outputCommitment <== commitOutputs.out;",
  ];
}

function totalWords(packings: readonly Packing[]): number {
  return packings.reduce((sum, packing) => sum + packing.words, 0);
}

function printComponent(
  step: Component,
  wires: ReadonlyMap<TensorId, string>,
  sizes: ReadonlyMap<TensorId, number>,
  constants: string[],
): string[] {
  const actual = step.arguments.map(({ name, value }) => {
    const count = typeof value === "number" ? 1 : value.flat().length;
    if (count <= INLINE_LIMIT) return literal(value);
    constants.push(`function ${step.name}_${name}() {`, `    return ${literal(value)};`, "}");
    return `${step.name}_${name}()`;
  });
  const lines = [`    component ${step.name} = ${step.template}(${actual.join(", ")});`];
  if (step.words !== undefined) {
    const { first, count } = step.words;
    lines.push(`    for (var i = 0; i < ${count}; i++) ${step.name}.words[i] <== weightWords[${first} + i];`);
  }
  if (step.inputs.length === 1) return [...lines, `    ${step.name}.in <== ${wires.get(step.inputs[0])};`];
  let at = 0;
  for (const input of step.inputs) {
    const size = sizes.get(input)!;
    lines.push(
      `    for (var i = 0; i < ${size}; i++) ${step.name}.in[${at} + i] <== ${wires.get(input)}[i];`,
    );
    at += size;
  }
  return lines;
}

function printWiring(
  step: Wiring,
  wires: ReadonlyMap<TensorId, string>,
  sizes: ReadonlyMap<TensorId, number>,
): string[] {
  const starts: number[] = [];
  let total = 0;
  for (const input of step.inputs) {
    starts.push(total);
    total += sizes.get(input)!;
  }
  const source = (element: number): string => {
    if (element < 0) return "0";
    let operand = starts.length - 1;
    while (starts[operand] > element) operand--;
    return `${wires.get(step.inputs[operand])}[${element - starts[operand]}]`;
  };
  return [
    `    signal ${step.name}[${step.size}];`,
    ...Array.from(step.index, (element, i) => `    ${step.name}[${i}] <== ${source(element)};`),
  ];
}

/** A Circom array literal, one row a line. */
function literal(value: Argument): string {
  if (typeof value === "number") return String(value);
  const rows = value.map((entry) => (typeof entry === "number" ? String(entry) : `[${entry.join(",")}]`));
  const nested = value.length > 0 && typeof value[0] !== "number";
  return `[${rows.join(nested ? ",\n        " : ",")}]`;
}
