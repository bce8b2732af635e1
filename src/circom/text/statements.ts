import { maskDomain, outputDomain, WEIGHT_DOMAIN } from "../../netlist/domain.js";
import {
  isWiring,
  type Component,
  type Netlist,
  type NetlistInput,
  type Packing,
  type Wiring,
} from "../../netlist/types.js";
import type { TensorId } from "../../program/operations/definition.js";
import type { Statement } from "./circuit.js";
import { run, type Connection } from "./connection.js";
import { describe, interval } from "./describe.js";
import { BLANK, commented, connected, declared, instance } from "./making.js";
import { COMPONENTS, outputPacker, SIGNALS, TEMPLATES } from "./names.js";
import { joined, wiringText, type Source } from "./wiring.js";

/** Netlist -> the statements of its circuit, one component or list of wires per step. */
export function statementsOf(netlist: Netlist): Statement[] {
  const sources = new Map<TensorId, Source>(
    netlist.inputs.map(({ tensor, signal, count }) => [tensor, { signal, size: count }]),
  );
  const steps = stepStatements(netlist.steps, sources);
  return [
    ...declarations(netlist),
    BLANK,
    ...bindingStatements(),
    ...weights(netlist.weightWords.length),
    ...inputStatements(netlist),
    ...steps,
    BLANK,
    commented("The outputs"),
    ...outputStatements(netlist, sources),
  ];
}

/** What ties the proof to a job and its payee. */
export function bindingStatements(): Statement[] {
  return [
    commented("The proof is about this binding (job and payee) and these inputs"),
    instance(COMPONENTS.bind, TEMPLATES.bind, {}),
    connected({ to: `${COMPONENTS.bind}.in`, from: SIGNALS.binding }),
  ];
}

/** Layers and wirings, one after the other. @param sources of the tensors that are known; those of the steps are added */
export function stepStatements(
  steps: readonly (Component | Wiring)[],
  sources: Map<TensorId, Source>,
): Statement[] {
  return steps.flatMap((step) => {
    const comment = describe(
      step,
      step.inputs.map((input) => sources.get(input)!.size),
    ).map(commented);
    return [BLANK, ...comment, ...(isWiring(step) ? wiring(step, sources) : layer(step, sources))];
  });
}

/** The signals of the main template. The order of its outputs is that of the proof's public signals. */
function declarations(netlist: Netlist): Statement[] {
  const words = netlist.weightWords.length;
  const secret = (statements: readonly Statement[]) => (words === 0 ? [] : statements);
  return [
    ...inputDeclarations(netlist),
    ...secretsOf(netlist).map((name) => declared("input", name)),
    ...secret([declared("input", SIGNALS.weightWords, words), declared("input", SIGNALS.weightSalt)]),
    commented("Public: the binding, and all outputs in this order"),
    declared("input", SIGNALS.binding),
    shownOutputs(netlist),
    ...secret([declared("output", SIGNALS.weightCommitment)]),
    ...shownOfInputs(netlist),
  ];
}

export function inputDeclarations({ inputs }: Pick<Netlist, "inputs">): Statement[] {
  return inputs.flatMap(({ signal, count, offset, hi }) => [
    commented(`${count} integers of ${interval({ lo: offset, hi })}`),
    declared("input", signal, count),
  ]);
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

/** What shows the outputs of the model. */
export function shownOutputs({ outputs, outputMode }: Netlist): Statement {
  if (outputMode === "committed") return declared("output", SIGNALS.outputCommitment);
  const name = outputMode === "public" ? SIGNALS.outputWords : SIGNALS.encryptedWords;
  return declared("output", name, totalWords(outputs));
}

/**
 * The outputs that show the inputs. The commitment is the last of them, just before the binding, so that the escrow,
 * which sets these two itself, takes all others as output words.
 */
function shownOfInputs({ inputs: packed, inputMode }: Netlist): Statement[] {
  if (inputMode === "public") return [declared("output", SIGNALS.inputWords, totalWords(packed))];
  const evaluated = inputMode === "evaluated" ? [SIGNALS.inputEvaluation, SIGNALS.inputChallenge] : [];
  return [...evaluated, SIGNALS.inputCommitment].map((name) => declared("output", name));
}

export function inputStatements({ inputs: packed, inputMode, domain, weightWords }: Netlist): Statement[] {
  const { commit, weights: weightCommit } = COMPONENTS;
  // What is committed to begins with the commitment to the weights: an input for these, and no others.
  const first = inputMode !== "public" && weightWords.length > 0 ? 1 : 0;
  const count = first + totalWords(packed);
  const tag = BigInt(domain);
  const head = {
    committed: [instance(commit, TEMPLATES.commit, { count, domain: tag })],
    evaluated: [instance(commit, TEMPLATES.commitAndEvaluate, { count, first, domain: tag })],
    public: [],
  };
  const shown = {
    committed: [connected({ to: SIGNALS.inputCommitment, from: `${commit}.out` })],
    evaluated: [
      connected({ to: SIGNALS.inputCommitment, from: `${commit}.commitment` }),
      connected({ to: SIGNALS.inputEvaluation, from: `${commit}.evaluation` }),
      connected({ to: SIGNALS.inputChallenge, from: SIGNALS.challenge }),
    ],
    public: [],
  };
  return [
    ...head[inputMode],
    ...SECRETS[inputMode].map((name) => connected({ to: `${commit}.${name}`, from: name })),
    ...(first === 1
      ? [connected({ to: `${commit}.words`, from: `${weightCommit}.out`, loops: WORD_0 })]
      : []),
    ...packed.flatMap(packer),
    ...intoWords(
      inputMode === "public" ? SIGNALS.inputWords : `${commit}.words`,
      first,
      packed,
      (i) => packed[i].packer,
    ),
    ...shown[inputMode],
  ];
}

/** The first element, from a lone signal. */
const WORD_0 = { counts: [], to: { start: 0, strides: [] } };

function packer({ packer: name, signal, count, width, offset, hi, perWord }: NetlistInput): Statement[] {
  return [
    commented(
      `${signal} is held to its interval, and packed: ${perWord} integers of ${width} bits in a word`,
    ),
    instance(name, TEMPLATES.packInput, { count, width, least: offset, most: hi }),
    connected({ to: `${name}.in`, from: signal }),
  ];
}

function weights(count: number): Statement[] {
  const { weights: name } = COMPONENTS;
  if (count === 0) return [];
  return [
    instance(name, TEMPLATES.commit, { count, domain: BigInt(WEIGHT_DOMAIN) }),
    connected({ to: `${name}.salt`, from: SIGNALS.weightSalt }),
    connected({ to: `${name}.words`, from: SIGNALS.weightWords }),
    connected({ to: SIGNALS.weightCommitment, from: `${name}.out` }),
  ];
}

export function outputStatements(
  { outputs: packed, outputMode, domain }: Netlist,
  sources: ReadonlyMap<TensorId, Source>,
): Statement[] {
  const { commitOutputs, encryptOutputs } = COMPONENTS;
  const packers = packed.flatMap(({ tensor, count, width, offset, perWord }, i) => [
    commented(`${count} integers from ${offset} on, ${perWord} of ${width} bits in a word`),
    instance(outputPacker(i), TEMPLATES.packOutput, { count, width, least: offset }),
    connected({ to: `${outputPacker(i)}.in`, from: sources.get(tensor)!.signal }),
  ]);
  if (outputMode === "public")
    return [...packers, ...intoWords(SIGNALS.outputWords, 0, packed, outputPacker)];
  const { name, template, tag, shown } = {
    committed: {
      name: commitOutputs,
      template: TEMPLATES.commit,
      tag: outputDomain(domain),
      shown: SIGNALS.outputCommitment,
    },
    encrypted: {
      name: encryptOutputs,
      template: TEMPLATES.encrypt,
      tag: maskDomain(domain),
      shown: SIGNALS.encryptedWords,
    },
  }[outputMode];
  return [
    instance(name, template, { count: totalWords(packed), domain: BigInt(tag) }),
    connected({ to: `${name}.salt`, from: SIGNALS.salt }),
    ...packers,
    ...intoWords(`${name}.words`, 0, packed, outputPacker),
    connected({ to: shown, from: `${name}.out` }),
  ];
}

/** Hands the words of several packers on, one after the other. @param first place of the first of them */
function intoWords(
  to: string,
  first: number,
  packings: readonly Packing[],
  packerOf: (i: number) => string,
): Statement[] {
  if (packings.length === 1 && first === 0) return [connected({ to, from: `${packerOf(0)}.out` })];
  let at = first;
  return packings.map(({ words }, i) => {
    const loops = run(words, at, 0);
    at += words;
    return connected({ to, from: `${packerOf(i)}.out`, loops });
  });
}

export function totalWords(packings: readonly Packing[]): number {
  return packings.reduce((sum, packing) => sum + packing.words, 0);
}

function layer(step: Component, sources: Map<TensorId, Source>): Statement[] {
  const { name, template, size, words } = step;
  const operands = step.inputs.map((input) => sources.get(input)!);
  sources.set(step.output, { signal: `${name}.out`, size });
  const connections: Connection[] = joined(`${name}.in`, operands);
  if (words !== undefined)
    connections.unshift({
      to: `${name}.words`,
      from: SIGNALS.weightWords,
      loops: run(words.count, 0, words.first),
    });
  const parameters = Object.fromEntries(
    step.arguments.map(({ name: parameter, value }) => [parameter, value]),
  );
  return [instance(name, template, parameters), ...connections.map(connected)];
}

function wiring(step: Wiring, sources: Map<TensorId, Source>): Statement[] {
  const { name, index, size } = step;
  const operands = step.inputs.map((input) => sources.get(input)!);
  const { signal, connections, isComponent } = wiringText(step, operands);
  sources.set(step.output, { signal, size });
  const total = operands.reduce((sum, operand) => sum + operand.size, 0);
  const head = isComponent
    ? instance(name, TEMPLATES.wiring, { inputs: total, outputs: size, index: Array.from(index) })
    : declared("wires", name, size);
  return [head, ...connections.map(connected)];
}
