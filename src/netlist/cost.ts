import { TEMPLATES } from "../circom/text/names.js";
import type { Program } from "../program/types.js";
import type { Cost, Netlist, PackedTensor, Packing, Part } from "./types.js";

/** Partial rounds P of Poseidon over 1 to 16 elements; see circuits/poseidon.circom for the counts. */
const POSEIDON_PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/** What decides on the parts that a circuit has beside its layers. */
type Shown = Omit<Netlist, "steps" | "parts" | "cost" | "domain">;

/**
 * What the circuit has beside its layers, one part a component: packed inputs and outputs, commitments, the binding.
 * The parts and the layers together are all of its constraints.
 *
 * @param isCopy whether it is one of many in a batch, whose public signals are not its own
 */
export function partsOf(program: Program, shown: Shown, isCopy = false): Part[] {
  const wires = new Set<string>();
  const { weightWords } = shown;
  return [
    ...(isCopy ? [] : [bindingPart()]),
    ...(weightWords.length > 0 ? [hash("commitment to the weights", weightWords.length)] : []),
    ...inputParts(program, shown, isCopy ? undefined : wires),
    ...outputParts(program, shown, isCopy ? undefined : wires),
  ];
}

export function bindingPart(): Part {
  return { part: "binding to job and payee", template: TEMPLATES.bind, cost: { ...NOTHING, nonlinear: 1 } };
}

/** What inputs take. @param wires that are public signals already, by {@link lastWire}; undefined: no wire is one */
export function inputParts(
  program: Program,
  { inputs, inputMode, weightWords }: Pick<Shown, "inputs" | "inputMode" | "weightWords">,
  wires?: Set<string>,
): Part[] {
  const words = totalWords(inputs);
  const shown = inputMode === "public" ? wires : undefined;
  return [
    ...inputs.map((input, i) => ({
      part: `range and packing of input ${program.inputs[i].name}`,
      template: TEMPLATES.packInput,
      cost: { nonlinear: input.count * input.width, linear: packingRows(program, input, shown) },
    })),
    ...(inputMode === "public"
      ? []
      : [hash("commitment to the inputs", words + (weightWords.length > 0 ? 1 : 0))]),
    ...(inputMode === "evaluated" ? [evaluation("evaluation of the inputs", words)] : []),
  ];
}

/** What outputs take. @param wires as of {@link inputParts} */
export function outputParts(
  program: Program,
  { outputs, outputMode }: Pick<Shown, "outputs" | "outputMode">,
  wires?: Set<string>,
): Part[] {
  const shown = outputMode === "public" ? wires : undefined;
  return [
    ...outputs.map((output, i) => ({
      part: `packing of output ${program.outputs[i].name}`,
      template: TEMPLATES.packOutput,
      cost: { ...NOTHING, linear: packingRows(program, output, shown) },
    })),
    ...shownOutputs(outputMode, totalWords(outputs)),
  ];
}

function shownOutputs(outputMode: Shown["outputMode"], words: number): Part[] {
  if (outputMode === "public") return [];
  if (outputMode === "committed") return [hash("commitment to the outputs", words)];
  return [
    {
      part: "encryption of the outputs",
      template: TEMPLATES.encrypt,
      cost: timesCost(ENCRYPTED_WORD, words),
    },
  ];
}

/**
 * Linear constraints of a packing: one a word, but a word that is a single integer as it is goes by the integer's wire, which
 * can be one public signal only.
 */
function packingRows(program: Program, tensor: PackedTensor, shown?: Set<string>): number {
  if (!endsInOne(tensor)) return tensor.words;
  const wire = lastWire(program, tensor);
  if (shown?.has(wire)) return tensor.words;
  shown?.add(wire);
  return tensor.words - 1;
}

export function hash(part: string, words: number): Part {
  return { part, template: TEMPLATES.commit, cost: commitmentCost(words) };
}

/** What the polynomial of words at a point takes. */
export function evaluation(part: string, words: number): Part {
  return { part, template: TEMPLATES.evaluate, cost: { ...NOTHING, nonlinear: words } };
}

function totalWords(packings: readonly Packing[]): number {
  return packings.reduce((sum, { words }) => sum + words, 0);
}

/** Whether a packing's last word is a single integer as it is. */
export function endsInOne({ offset, count, perWord }: Packing): boolean {
  return offset === 0 && (count - 1) % perWord === 0;
}

/** The wire of a packing's last element, by the tensor that makes it: a view makes none. */
function lastWire({ operations }: Program, { tensor, count }: PackedTensor): string {
  let [at, element] = [tensor, count - 1];
  for (let operation = operations[at]; operation.kind === "view"; operation = operations[at]) {
    element = operation.index[element];
    if (element < 0) return "0";
    let k = 0;
    for (; element >= operations[operation.inputs[k]].size; k++)
      element -= operations[operation.inputs[k]].size;
    at = operation.inputs[k];
  }
  return `${at}[${element}]`;
}

/** A word and its mask, Poseidon over three elements of which two are constants; and the two sums. */
const ENCRYPTED_WORD: Cost = { nonlinear: 3 * (8 * 4 + POSEIDON_PARTIAL_ROUNDS[2] - 3), linear: 2 };

const NOTHING: Cost = { nonlinear: 0, linear: 0 };

/** The Poseidon chain over the domain tag, the salt and the words, 15 of them a block; the tag costs nothing. */
function commitmentCost(words: number): Cost {
  let nonlinear = 0;
  let linear = 0;
  for (let rest = words + 1; rest > 0; rest -= 15, linear++) {
    const take = Math.min(rest, 15);
    nonlinear += 3 * (8 * (take + 2) + POSEIDON_PARTIAL_ROUNDS[take] - (linear === 0 ? 2 : 1));
  }
  return { nonlinear, linear };
}

/** What secret weights and biases cost: their hash, the products with them, and range checks of sums. */
export function weightCost(
  program: Program,
  { steps, weightWords }: Netlist,
): { readonly weights: number; readonly words: number; readonly perWeight: number } {
  const weights = program.operations.reduce(
    (sum, operation) =>
      operation.kind === "linear" && operation.secret
        ? sum + operation.weights.length + operation.bias.length
        : sum,
    0,
  );
  const words = weightWords.length;
  const products = steps.reduce(
    (sum, step) => ("words" in step && step.words !== undefined ? sum + step.cost.nonlinear : sum),
    0,
  );
  const hash = words === 0 ? 0 : commitmentCost(words).nonlinear;
  return { weights, words, perWeight: (hash + products) / weights };
}

/** Of so many alike. */
export function timesCost({ nonlinear, linear }: Cost, count: number): Cost {
  return { nonlinear: count * nonlinear, linear: count * linear };
}

export function sumCosts(costs: readonly Cost[]): Cost {
  return {
    nonlinear: costs.reduce((sum, cost) => sum + cost.nonlinear, 0),
    linear: costs.reduce((sum, cost) => sum + cost.linear, 0),
  };
}
