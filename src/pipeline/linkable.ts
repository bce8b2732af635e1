import { batchStatements } from "../circom/text/batch.js";
import { structureOf, type CircuitText } from "../circom/text/circuit.js";
import { ofJob } from "../circom/text/names.js";
import { statementsOf } from "../circom/text/statements.js";
import { segmentStatements } from "../circom/text/segment.js";
import type { Batch } from "../netlist/batch.js";
import type { Segment } from "../netlist/segments/segment.js";
import { isWiring, type Netlist } from "../netlist/types.js";
import type { TensorId } from "../program/operations/definition.js";

/** A circuit to be linked. */
export interface LinkableCircuit {
  readonly structure: CircuitText;
  /** The tensor that each component computes. */
  readonly tensors: ReadonlyMap<string, TensorId>;
}

export function modelCircuit(netlist: Netlist): LinkableCircuit {
  return { structure: structureOf(statementsOf(netlist)), tensors: tensorsOf(netlist) };
}

/** The tensors of a batch are those of its jobs, one job after the other. */
export function batchCircuit(batch: Batch, tensorsPerJob: number): LinkableCircuit {
  const own = Array.from(tensorsOf(batch.netlist));
  const tensors = Array.from({ length: batch.jobs }, (_, job) =>
    own.map(([component, tensor]) => [ofJob(job, component), job * tensorsPerJob + tensor] as const),
  );
  return { structure: structureOf(batchStatements(batch)), tensors: new Map(tensors.flat()) };
}

export function segmentCircuit(segment: Segment): LinkableCircuit {
  return { structure: structureOf(segmentStatements(segment)), tensors: tensorsOf(segment) };
}

function tensorsOf({ steps }: Pick<Netlist, "steps">): ReadonlyMap<string, TensorId> {
  return new Map(steps.flatMap((step) => (isWiring(step) ? [] : [[step.name, step.output] as const])));
}
