import type { Program } from "../program/types.js";
import type { Cost, Netlist, PackedTensor, Packing } from "./types.js";

/** Partial rounds P of Poseidon over 1 to 16 elements; see circuits/poseidon.circom for the counts. */
const POSEIDON_PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/** Range checks, packing, the commitments, and the binding's square. */
export function bindingCost(
  program: Program,
  inputs: readonly PackedTensor[],
  outputs: readonly PackedTensor[],
  { inputMode, outputMode }: Pick<Netlist, "inputMode" | "outputMode">,
  weightWords: number,
): Cost {
  const count = (packings: readonly Packing[]) => packings.reduce((sum, packing) => sum + packing.words, 0);
  const shown = [...(inputMode === "public" ? inputs : []), ...(outputMode === "public" ? outputs : [])];
  const hidden = [...(inputMode === "public" ? [] : inputs), ...(outputMode === "public" ? [] : outputs)];
  // A word that holds a single integer as it is shares the integer's wire, which can be one public signal only.
  const wires =
    hidden.filter(endsInOne).length + new Set(shown.filter(endsInOne).map((p) => lastWire(program, p))).size;
  const checks = 1 + inputs.reduce((sum, input) => sum + input.count * input.width, 0);
  const words = count(inputs);
  const weights = weightWords === 0 ? NOTHING : commitmentCost(weightWords);
  const hash = inputMode === "public" ? NOTHING : commitmentCost(words + (weightWords === 0 ? 0 : 1));
  const outputHash = outputMode === "public" ? NOTHING : commitmentCost(count(outputs));
  const hashes = sumCosts([weights, hash, outputHash]);
  return {
    nonlinear: checks + hashes.nonlinear + (inputMode === "evaluated" ? words : 0),
    linear: words + count(outputs) + hashes.linear - wires,
    terms: 0,
  };
}

/** Whether a packing's last word is a single integer as it is. */
function endsInOne({ offset, count, perWord }: Packing): boolean {
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

const NOTHING: Cost = { nonlinear: 0, linear: 0, terms: 0 };

/** The Poseidon chain over the domain tag, the salt and the words, 15 of them a block; the tag costs nothing. */
function commitmentCost(words: number): Cost {
  let nonlinear = 0;
  let linear = 0;
  for (let rest = words + 1; rest > 0; rest -= 15, linear++) {
    const take = Math.min(rest, 15);
    nonlinear += 3 * (8 * (take + 2) + POSEIDON_PARTIAL_ROUNDS[take] - (linear === 0 ? 2 : 1));
  }
  return { nonlinear, linear, terms: 0 };
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

export function sumCosts(costs: readonly Cost[]): Cost {
  return {
    nonlinear: costs.reduce((sum, cost) => sum + cost.nonlinear, 0),
    linear: costs.reduce((sum, cost) => sum + cost.linear, 0),
    terms: costs.reduce((sum, cost) => sum + cost.terms, 0),
  };
}
