import { rangeEnforcers } from "../program/secret.js";
import type { TensorId } from "../program/operations/definition.js";
import type { Program } from "../program/types.js";
import { isWiring, type Argument, type Component, type Netlist } from "../netlist/types.js";
import type { Assignment } from "./evaluate.js";
import { exactly, type Signal, type Value } from "./values.js";

/** An instance of a template in a circuit: what it is called, its parameters, and its signals. */
export interface Instance {
  /** The layer's name in the model, and the component's in the circuit. */
  readonly layer: string;
  readonly component: string;
  readonly template: string;
  readonly parameters: readonly Value[];
  readonly signals: Assignment;
  /** The tensors that its inputs are made of. */
  readonly reads: readonly TensorId[];
}

/** What is known of tensors: intervals, or the very values. */
export type SignalOf = (tensors: readonly TensorId[]) => Signal;

/** All instances of a netlist: range checks of inputs, layers, packings of outputs, commitments. */
export function* instancesOf(program: Program, netlist: Netlist, signalOf: SignalOf): Generator<Instance> {
  for (const { tensor, signal, packer, count, width, offset, hi } of netlist.inputs)
    yield {
      layer: `input ${signal}`,
      component: packer,
      template: "PackChecked",
      parameters: [count, width, offset, hi].map(exactly),
      signals: { in: signalOf([tensor]) },
      reads: [tensor],
    };
  for (const step of netlist.steps) if (!isWiring(step)) yield layerOf(step, signalOf);
  for (const [i, { tensor, count, width, offset }] of netlist.outputs.entries())
    yield {
      layer: `output ${program.outputs[i].name}`,
      component: `output_${i}`,
      template: "Pack",
      parameters: [count, width, offset].map(exactly),
      signals: { in: signalOf([tensor]) },
      reads: [tensor],
    };
}

function layerOf(step: Component, signalOf: SignalOf): Instance {
  return {
    layer: step.label,
    component: step.name,
    template: step.template,
    parameters: step.arguments.map(({ value }) => parameterOf(value)),
    signals: { in: signalOf(step.inputs), out: signalOf([step.output]) },
    reads: step.inputs,
  };
}

function parameterOf(value: Argument): Value {
  return typeof value === "number" ? exactly(value) : value;
}

/** For each layer of secret weights that has no range check of its own, the component that holds its sums in range. */
export function holdersOf(program: Program, netlist: Netlist): ReadonlyMap<TensorId, Component> {
  const holders = new Map<TensorId, Component>();
  for (const [tensor, enforcer] of rangeEnforcers(program).layers) {
    const output = program.operations.indexOf(enforcer);
    const step = netlist.steps.find((one) => one.output === output);
    if (step !== undefined && !isWiring(step)) holders.set(tensor, step);
  }
  return holders;
}
