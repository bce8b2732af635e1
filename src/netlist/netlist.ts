import { proveAssumptions, type ProvenAssumption } from "../assumptions/prove.js";
import { bitLength } from "../program/arithmetic.js";
import { Differences } from "../program/differences.js";
import { checkedIntervals, type Intervals } from "../program/intervals.js";
import { rangeEnforcers } from "../program/secret.js";
import {
  operandsOf,
  type LinearOperation,
  type Operation,
  type Program,
  type TensorId,
} from "../program/types.js";
import { domainTag, WORD_BITS } from "./domain.js";
import {
  activationGadget,
  argmaxGadget,
  linearGadget,
  maxGadget,
  requantizeGadget,
  topKGadget,
  type Gadget,
} from "./gadgets.js";
import { uniqueNames, type Names } from "./names.js";
import {
  lookupGadget,
  matmulGadget,
  normalizeGadget,
  productGadget,
  reciprocalGadget,
  softmaxGadget,
} from "./products.js";
import { secretLinearGadget, type SecretGadget } from "./secret.js";
import {
  isWiring,
  type Component,
  type Cost,
  type InputMode,
  type OutputMode,
  type Netlist,
  type NetlistInput,
  type PackedTensor,
  type Packing,
  type Wiring,
} from "./types.js";

/** A netlist every assumption of which is proven. */
export interface ProvenNetlist extends Netlist {
  readonly assumptions: readonly ProvenAssumption[];
}

/** Partial rounds P of Poseidon over 1 to 16 elements; see circuits/poseidon.circom for the counts. */
const POSEIDON_PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

/**
 * Program -> netlist: chooses a gadget for every operation, with widths from the intervals. The hash of the model
 * file separates this model's input commitments from all others'.
 *
 * @throws Torch2CircomError where an assumption of a gadget is not proven, naming layer, gadget and interval
 */
export function buildNetlist(
  program: Program,
  inputMode: InputMode = "committed",
  outputMode: OutputMode = "public",
): ProvenNetlist {
  const intervals = checkedIntervals(program);
  const differences = new Differences(program, intervals);
  const netlist = layOut(program, intervals, differences, { inputMode, outputMode });
  return { ...netlist, assumptions: proveAssumptions(program, netlist, intervals, differences) };
}

/** What a program's circuit costs, for a search that compares programs: nothing is proven of it. */
export function priceOf(program: Program): Cost {
  const intervals = checkedIntervals(program);
  const modes = { inputMode: "committed", outputMode: "public" } as const;
  return layOut(program, intervals, new Differences(program, intervals), modes).cost;
}

function layOut(
  program: Program,
  intervals: readonly Intervals[],
  differences: Differences,
  modes: Pick<Netlist, "inputMode" | "outputMode">,
): Netlist {
  const names = uniqueNames(program.outputs.length);
  const inputs: NetlistInput[] = program.inputs.map((input) => {
    const { lo, hi } = intervals[input.tensor];
    return { ...packing(input.tensor, { lo, hi }), ...names.ofInput(input.name), most: hi[0] };
  });
  const steps: (Component | Wiring)[] = [];
  const weightWords: bigint[] = [];
  const enforcers = rangeEnforcers(program).layers;
  program.operations.forEach((operation, tensor) => {
    if (operation.kind === "input") return;
    steps.push(
      ...stepsOf(operation, tensor, { program, intervals, differences, enforcers, names, weightWords }),
    );
  });
  const outputs = program.outputs.map((output) => packing(output.tensor, intervals[output.tensor]));
  const parts = steps.flatMap((step) => (isWiring(step) ? [] : [step.cost]));
  const cost = sumCosts([...parts, bindingCost(inputs, outputs, modes, weightWords.length)]);
  const domain = domainTag(program.source);
  return { inputs, steps, outputs, ...modes, weightWords, domain, cost };
}

interface Context {
  readonly program: Program;
  readonly intervals: readonly Intervals[];
  readonly differences: Differences;
  readonly enforcers: ReturnType<typeof rangeEnforcers>["layers"];
  readonly names: Names;
  /** Of the layers so far; each secret one adds its own. */
  readonly weightWords: bigint[];
}

function stepsOf(
  operation: Exclude<Operation, { kind: "input" }>,
  output: TensorId,
  context: Context,
): (Component | Wiring)[] {
  const base = { label: operation.name, output, size: operation.size };
  if (operation.kind === "view") {
    return [
      { ...base, name: context.names.one(operation.name), inputs: operation.inputs, index: operation.index },
    ];
  }
  const step = { ...base, name: context.names.one(operation.name), inputs: operandsOf(operation) };
  if (operation.kind !== "linear" || !operation.secret) return [{ ...step, ...gadgetOf(operation, context) }];
  const { words, ...gadget } = secretGadgetOf(operation, output, context);
  const first = context.weightWords.push(...words) - words.length;
  return [{ ...step, ...gadget, words: { first, count: words.length } }];
}

function secretGadgetOf(
  operation: LinearOperation,
  output: TensorId,
  { program, intervals, enforcers }: Context,
): SecretGadget {
  const enforcer = enforcers.get(output);
  const inputSize = operation.inputs.reduce((sum, input) => sum + program.operations[input].size, 0);
  const consumer = enforcer && requantizeGadget(enforcer, intervals[enforcer.input]);
  return secretLinearGadget(operation, inputSize, intervals[output], consumer);
}

function gadgetOf(operation: Exclude<Operation, { kind: "input" | "view" }>, context: Context): Gadget {
  const { program, intervals, differences } = context;
  const sizeOf = (tensor: TensorId) => program.operations[tensor].size;
  switch (operation.kind) {
    case "linear":
      return linearGadget(
        operation,
        operation.inputs.reduce((sum, input) => sum + sizeOf(input), 0),
      );
    case "requantize":
      return requantizeGadget(operation, intervals[operation.input]);
    case "max":
      return maxGadget(operation, blocksOf(program, operation), sizeOf(operation.input), differences);
    case "activate":
      return activationGadget(operation);
    case "argmax":
      return argmaxGadget(operation, differences);
    case "topk":
      return topKGadget(operation, sizeOf(operation.input), differences);
    case "product":
      return productGadget(operation);
    case "reciprocal":
      return reciprocalGadget(operation, intervals[operation.input]);
    case "matmul":
      return matmulGadget(operation, intervals);
    case "lookup":
      return lookupGadget(operation);
    case "softmax":
      return softmaxGadget(operation, differences);
    case "normalize":
      return normalizeGadget(operation, intervals[operation.input]);
  }
}

/** A pooled convolution keeps its channels apart: each has its own widths. */
function blocksOf(program: Program, operation: Operation & { kind: "max" }): number {
  const source = program.operations[operation.input];
  return source.kind === "linear" && operation.size % source.channels === 0 ? source.channels : 1;
}

function packing(tensor: TensorId, { lo, hi }: Intervals): PackedTensor {
  const offset = lo.reduce((a, b) => Math.min(a, b));
  const width = Math.max(1, bitLength(hi.reduce((a, b) => Math.max(a, b)) - offset));
  const perWord = Math.floor(WORD_BITS / width);
  return { tensor, count: lo.length, width, offset, perWord, words: Math.ceil(lo.length / perWord) };
}

/** Range checks, packing, the commitments, and the binding's square. */
function bindingCost(
  inputs: readonly Packing[],
  outputs: readonly Packing[],
  { inputMode, outputMode }: Pick<Netlist, "inputMode" | "outputMode">,
  weightWords: number,
): Cost {
  const count = (packings: readonly Packing[]) => packings.reduce((sum, packing) => sum + packing.words, 0);
  // A word that holds a single integer as it is is the integer's own wire.
  const wires = [...inputs, ...outputs].filter(
    (p) => p.offset === 0 && (p.count - 1) % p.perWord === 0,
  ).length;
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

const NOTHING: Cost = { nonlinear: 0, linear: 0, terms: 0 };

/** The Poseidon chain over the domain tag, the salt and the words, 15 of them a block; the tag costs nothing. */
export function commitmentCost(words: number): Cost {
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
