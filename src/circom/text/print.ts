import { outputDomain, WEIGHT_DOMAIN } from "../../netlist/domain.js";
import {
  isMatrix,
  isWiring,
  rowsOf,
  type Argument,
  type Component,
  type Netlist,
  type NetlistInput,
  type Packing,
  type Wiring,
} from "../../netlist/types.js";
import type { TensorId } from "../../program/operations/definition.js";
import { printConnection, run, type Connection } from "./connection.js";
import { describe, harmless, interval } from "./describe.js";
import { COMPONENTS, outputPacker, SIGNALS, TEMPLATES } from "./names.js";
import { joined, wiringText, type Source } from "./wiring.js";

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

/** Netlist -> Circom, one component or list of wires per step. What it writes, {@link readCircuit} reads. */
export function printCircom(netlist: Netlist, options: PrintOptions): CircomSources {
  const constants: string[] = [];
  const sources = new Map<TensorId, Source>(
    netlist.inputs.map(({ tensor, signal, count }) => [tensor, { signal, size: count }]),
  );
  const body = netlist.steps.flatMap((step) => [
    "",
    ...describe(
      step,
      step.inputs.map((input) => sources.get(input)!.size),
    ).map((line) => `// ${line}`),
    ...(isWiring(step) ? printWiring(step, sources, constants) : printComponent(step, sources, constants)),
  ]);
  const isSecret = netlist.weightWords.length > 0;
  const comment = ["/*", ...options.header.map((line) => ` * ${harmless(line)}`.trimEnd()), " */"];
  const main = [
    ...comment,
    "pragma circom 2.1.6;",
    "",
    ...["binding", "layers", "linear", ...(isSecret ? ["secretLinear"] : [])].map(
      (file) => `include "${options.library ?? "torch2circom"}/circuits/${file}.circom";`,
    ),
    `include "${options.constantsFile}";`,
    "",
    `template ${TEMPLATES.model}() {`,
    ...indented([
      ...declarations(netlist),
      "",
      "// The proof is about this binding (job and payee) and these inputs",
      `component ${COMPONENTS.bind} = ${TEMPLATES.bind}();`,
      `${COMPONENTS.bind}.in <== ${SIGNALS.binding};`,
      ...printWeights(netlist.weightWords.length),
      ...printInputs(netlist),
      ...body,
      "",
      "// The outputs",
      ...printOutputs(netlist, sources),
    ]),
    "}",
    "",
    `component main {public [${SIGNALS.binding}]} = ${TEMPLATES.model}();`,
    "",
  ];
  return {
    main: main.join("\n"),
    constants: [...comment, "pragma circom 2.1.6;", "", ...constants, ""].join("\n"),
  };
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `    ${line}`));
}

/** The signals of the main template. The order of its outputs is that of the proof's public signals. */
function declarations(netlist: Netlist): string[] {
  const words = netlist.weightWords.length;
  const secret = (lines: readonly string[]) => (words === 0 ? [] : lines);
  return [
    ...netlist.inputs.flatMap(({ signal, count, offset, hi }) => [
      `// ${count} integers of ${interval({ lo: offset, hi })}`,
      `signal input ${signal}[${count}];`,
    ]),
    ...secretsOf(netlist).map((name) => `signal input ${name};`),
    ...secret([`signal input ${SIGNALS.weightWords}[${words}];`, `signal input ${SIGNALS.weightSalt};`]),
    "// Public: the binding, and all outputs in this order",
    `signal input ${SIGNALS.binding};`,
    netlist.outputMode === "committed"
      ? `signal output ${SIGNALS.outputCommitment};`
      : `signal output ${SIGNALS.outputWords}[${totalWords(netlist.outputs)}];`,
    ...secret([`signal output ${SIGNALS.weightCommitment};`]),
    ...shownOfInputs(netlist).map((name) => `signal output ${name};`),
  ];
}

/** What a commitment to the inputs takes beside them. */
const SECRETS = {
  committed: [SIGNALS.salt],
  evaluated: [SIGNALS.salt, SIGNALS.challenge],
  public: [],
} as const;

/** What the prover knows beside the inputs. */
function secretsOf({ inputMode, outputMode }: Netlist): readonly string[] {
  return inputMode === "public" && outputMode === "committed" ? [SIGNALS.salt] : SECRETS[inputMode];
}

/**
 * The outputs that show the inputs. The commitment is the last of them, just before the binding, so that the escrow,
 * which sets these two itself, takes all others as output words.
 */
function shownOfInputs({ inputs, inputMode }: Netlist): string[] {
  if (inputMode === "public") return [`${SIGNALS.inputWords}[${totalWords(inputs)}]`];
  const evaluated = inputMode === "evaluated" ? [SIGNALS.inputEvaluation, SIGNALS.inputChallenge] : [];
  return [...evaluated, SIGNALS.inputCommitment];
}

function printInputs({ inputs, inputMode, domain, weightWords }: Netlist): string[] {
  const { commit, weights } = COMPONENTS;
  // What is committed to begins with the commitment to the weights: an input for these, and no others.
  const before = inputMode !== "public" && weightWords.length > 0 ? 1 : 0;
  const words = before + totalWords(inputs);
  const head = {
    committed: [`component ${commit} = ${TEMPLATES.commit}(${words}, ${domain});`],
    evaluated: [`component ${commit} = ${TEMPLATES.commitAndEvaluate}(${words}, ${before}, ${domain});`],
    public: [],
  };
  const shown = {
    committed: [`${SIGNALS.inputCommitment} <== ${commit}.out;`],
    evaluated: [
      `${SIGNALS.inputCommitment} <== ${commit}.commitment;`,
      `${SIGNALS.inputEvaluation} <== ${commit}.evaluation;`,
      `${SIGNALS.inputChallenge} <== ${SIGNALS.challenge};`,
    ],
    public: [],
  };
  return [
    ...head[inputMode],
    ...SECRETS[inputMode].map((name) => `${commit}.${name} <== ${name};`),
    ...(before === 1 ? [`${commit}.words[0] <== ${weights}.out;`] : []),
    ...inputs.flatMap(printPacker),
    ...intoWords(
      inputMode === "public" ? SIGNALS.inputWords : `${commit}.words`,
      before,
      inputs,
      (i) => inputs[i].packer,
    ),
    ...shown[inputMode],
  ];
}

function printPacker({ packer, signal, count, width, offset, hi, perWord }: NetlistInput): string[] {
  return [
    `// ${signal} is held to its interval, and packed: ${perWord} integers of ${width} bits in a word`,
    `component ${packer} = ${TEMPLATES.packInput}(${count}, ${width}, ${offset}, ${hi});`,
    `${packer}.in <== ${signal};`,
  ];
}

function printWeights(count: number): string[] {
  const { weights } = COMPONENTS;
  if (count === 0) return [];
  return [
    `component ${weights} = ${TEMPLATES.commit}(${count}, ${WEIGHT_DOMAIN});`,
    `${weights}.salt <== ${SIGNALS.weightSalt};`,
    `${weights}.words <== ${SIGNALS.weightWords};`,
    `${SIGNALS.weightCommitment} <== ${weights}.out;`,
  ];
}

function printOutputs(
  { outputs, outputMode, domain }: Netlist,
  sources: ReadonlyMap<TensorId, Source>,
): string[] {
  const { commitOutputs } = COMPONENTS;
  const packed = outputs.flatMap(({ tensor, count, width, offset, perWord }, i) => [
    `// ${count} integers from ${offset} on, ${perWord} of ${width} bits in a word`,
    `component ${outputPacker(i)} = ${TEMPLATES.packOutput}(${count}, ${width}, ${offset});`,
    `${outputPacker(i)}.in <== ${sources.get(tensor)!.signal};`,
  ]);
  if (outputMode === "public")
    return [...packed, ...intoWords(SIGNALS.outputWords, 0, outputs, outputPacker)];
  return [
    `component ${commitOutputs} = ${TEMPLATES.commit}(${totalWords(outputs)}, ${outputDomain(domain)});`,
    `${commitOutputs}.salt <== ${SIGNALS.salt};`,
    ...packed,
    ...intoWords(`${commitOutputs}.words`, 0, outputs, outputPacker),
    `${SIGNALS.outputCommitment} <== ${commitOutputs}.out;`,
  ];
}

/** Hands the words of several packers on, one after the other. @param first place of the first of them */
function intoWords(
  to: string,
  first: number,
  packings: readonly Packing[],
  packerOf: (i: number) => string,
): string[] {
  if (packings.length === 1 && first === 0) return [printConnection({ to, from: `${packerOf(0)}.out` })];
  let at = first;
  return packings.map(({ words }, i) => {
    const loops = run(words, at, 0);
    at += words;
    return printConnection({ to, from: `${packerOf(i)}.out`, loops });
  });
}

function totalWords(packings: readonly Packing[]): number {
  return packings.reduce((sum, packing) => sum + packing.words, 0);
}

function printComponent(step: Component, sources: Map<TensorId, Source>, constants: string[]): string[] {
  const { name, template, inputs, output, size, words } = step;
  const operands = inputs.map((input) => sources.get(input)!);
  sources.set(output, { signal: `${name}.out`, size });
  const connections: Connection[] = joined(`${name}.in`, operands);
  if (words !== undefined)
    connections.unshift({
      to: `${name}.words`,
      from: SIGNALS.weightWords,
      loops: run(words.count, 0, words.first),
    });
  return [instance(name, template, step.arguments, constants), ...connections.map(printConnection)];
}

function printWiring(step: Wiring, sources: Map<TensorId, Source>, constants: string[]): string[] {
  const { name, index, size } = step;
  const operands = step.inputs.map((input) => sources.get(input)!);
  const { signal, connections, isComponent } = wiringText(step, operands);
  sources.set(step.output, { signal, size });
  const total = operands.reduce((sum, operand) => sum + operand.size, 0);
  const parameters = [
    { name: "inputs", value: total },
    { name: "outputs", value: size },
    { name: "index", value: Array.from(index) },
  ];
  const declared = isComponent
    ? instance(name, TEMPLATES.wiring, parameters, constants)
    : `signal ${name}[${size}];`;
  return [declared, ...connections.map(printConnection)];
}

/** The line that makes a component; long arguments become functions of the constants file. */
function instance(
  name: string,
  template: string,
  values: Component["arguments"],
  constants: string[],
): string {
  const actual = values.map(({ name: parameter, value }) => {
    if (countOf(value) <= INLINE_LIMIT) return literal(value);
    const rows = literal(value, ",\n        ");
    constants.push(`function ${name}_${parameter}() {`, `    return ${rows};`, "}");
    return `${name}_${parameter}()`;
  });
  return `component ${name} = ${template}(${actual.join(", ")});`;
}

function countOf(value: Argument): number {
  if (typeof value === "number") return 1;
  return isMatrix(value) ? value.entries.length : value.length;
}

/** A Circom array literal. @param between what stands between the rows of a matrix */
function literal(value: Argument, between = ","): string {
  if (typeof value === "number") return String(value);
  if (!isMatrix(value)) return `[${value.join(",")}]`;
  return `[${rowsOf(value)
    .map((row) => `[${row.join(",")}]`)
    .join(between)}]`;
}
