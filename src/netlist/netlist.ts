import { proveAssumptions, type ProvenAssumption } from "../assumptions/prove.js";
import { bitLength } from "../program/arithmetic.js";
import { Differences } from "../program/differences.js";
import { checkedIntervals } from "../program/intervals.js";
import { hull, type Intervals } from "../program/operations/bounds.js";
import type { TensorId } from "../program/operations/definition.js";
import { operandsOf, type Operation } from "../program/operations/index.js";
import type { LinearOperation } from "../program/operations/linear.js";
import type { Program } from "../program/types.js";
import { rangeEnforcers } from "../program/secret.js";
import { partsOf, sumCosts } from "./cost.js";
import { domainTag, WORD_BITS } from "./domain.js";
import {
  activationGadget,
  argmaxGadget,
  linearGadget,
  maxGadget,
  topKGadget,
  type Gadget,
} from "./gadgets.js";
import { meaningOf, type GadgetOperation } from "./meanings.js";
import { uniqueNames, type Names } from "./names.js";
import {
  lookupGadget,
  matmulGadget,
  normalizeGadget,
  productGadget,
  reciprocalGadget,
  softmaxGadget,
} from "./products.js";
import { provingDomain, type ProvingDomain } from "./provingDomain.js";
import { requantizeGadget } from "./requantize.js";
import { secretLinearGadget, type SecretGadget } from "./secret.js";
import {
  isWiring,
  type Component,
  type Cost,
  type Netlist,
  type NetlistInput,
  type PackedTensor,
  type Wiring,
} from "./types.js";
import { requireBoundSalt, type InputMode, type OutputMode } from "../program/modes.js";

/** A netlist every assumption of which is proven. */
export interface ProvenNetlist extends Netlist {
  readonly assumptions: readonly ProvenAssumption[];
}

/**
 * Program -> netlist: chooses a gadget for every operation, with widths from the intervals. The hash of the model
 * file separates this model's input commitments from all others'.
 *
 * @throws Torch2CircomError where an assumption of a gadget is not proven, naming layer, gadget and interval; and for outputs
 * that cannot be shown beside such inputs
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
export function priceOf(
  program: Program,
  inputMode: InputMode = "committed",
  outputMode: OutputMode = "public",
): Cost & { readonly domain: ProvingDomain } {
  const intervals = checkedIntervals(program);
  const differences = new Differences(program, intervals);
  const netlist = layOut(program, intervals, differences, { inputMode, outputMode });
  return { ...netlist.cost, domain: provingDomain(netlist) };
}

function layOut(
  program: Program,
  intervals: readonly Intervals[],
  differences: Differences,
  modes: Pick<Netlist, "inputMode" | "outputMode">,
): Netlist {
  requireBoundSalt(modes.inputMode, modes.outputMode);
  const names = uniqueNames(program.outputs.length);
  const inputs: NetlistInput[] = program.inputs.map((input) => {
    const { lo, hi } = intervals[input.tensor];
    return { ...packing(input.tensor, { lo, hi }), ...names.ofInput(input.name), hi: hi[0] };
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
  const shown = { inputs, outputs, ...modes, weightWords };
  const parts = partsOf(program, shown);
  const components = steps.flatMap((step) => (isWiring(step) ? [] : [step]));
  const cost = sumCosts([...components, ...parts].map((one) => one.cost));
  return { ...shown, steps, domain: domainTag(program.source), parts, cost };
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
  const base = {
    label: operation.name,
    name: context.names.one(operation.name),
    inputs: operandsOf(operation),
    output,
    size: operation.size,
    range: hull(context.intervals[output]),
  };
  if (operation.kind === "view") return [{ ...base, index: operation.index }];
  if (operation.kind !== "linear" || !operation.secret) {
    const gadget = gadgetOf(operation, context);
    return [{ ...base, ...gadget, meaning: meaningOf(operation, gadget.template) }];
  }
  const { words, ...gadget } = secretGadgetOf(operation, output, context);
  const first = context.weightWords.push(...words) - words.length;
  const meaning = meaningOf(operation, gadget.template);
  return [{ ...base, ...gadget, meaning, words: { first, count: words.length } }];
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

function gadgetOf(operation: GadgetOperation, context: Context): Gadget {
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

function packing(tensor: TensorId, intervals: Intervals): PackedTensor {
  const { lo: offset, hi } = hull(intervals);
  const width = Math.max(1, bitLength(hi - offset));
  const perWord = Math.floor(WORD_BITS / width);
  const count = intervals.lo.length;
  return { tensor, count, width, offset, perWord, words: Math.ceil(count / perWord) };
}
