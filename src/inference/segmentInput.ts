import type { CircuitInput } from "../circom/witness.js";
import { crossed, crossedWords, SIGNALS } from "../circom/text/names.js";
import { packWords, poseidonChain } from "../client/commitment.js";
import type { EdgeTensor } from "../netlist/segments/edges.js";
import { isRead, type Edge } from "../netlist/segments/segment.js";
import type { OutputMode } from "../program/modes.js";
import type { SegmentForm } from "./segmentFile.js";

/** The provider's secrets of a job's edges: whoever knew them could test guesses of the tensors that cross. */
export interface EdgeSecrets {
  readonly binding: bigint;
  /** One salt per edge, of 128 random bits. */
  readonly salts: readonly bigint[];
}

/**
 * The commitment to what crosses an edge: PoseidonChain(tag, salt, binding, words), as the circuits on both sides compute it.
 *
 * @param values of the program's operations
 * @param number of the edge
 */
export function edgeCommitment(
  { domain, tensors }: Edge,
  values: readonly Float64Array[],
  { binding, salts }: EdgeSecrets,
  number: number,
): bigint {
  const words = tensors.flatMap((tensor) => wordsOf(tensor, values));
  return poseidonChain([BigInt(domain), salts[number], binding, ...words]);
}

/** What a segment has to know of its model: a netlist, or a manifest. */
interface SegmentedModel {
  readonly inputs: readonly { readonly signal: string }[];
  readonly outputMode: OutputMode | "argmax";
}

/**
 * All that the circuit of a segment is given.
 *
 * @param whole what the model's own circuit would be given
 * @param values of the program's operations
 */
export function segmentInput(
  segment: SegmentForm,
  { inputs, outputMode }: SegmentedModel,
  whole: CircuitInput,
  values: readonly Float64Array[],
  { binding, salts }: EdgeSecrets,
): CircuitInput {
  const { number, opened, committed } = segment;
  if (opened === undefined) {
    const own = [...inputs.map(({ signal }) => signal), SIGNALS.salt];
    return {
      ...Object.fromEntries(own.map((name) => [name, whole[name]])),
      [SIGNALS.binding]: binding,
      ...(committed && { [SIGNALS.edgeSalt]: salts[number] }),
    };
  }
  const tensors = opened.tensors.map((tensor) =>
    isRead(segment, tensor)
      ? [crossed(tensor.tensor), elementsOf(tensor, values)]
      : [crossedWords(tensor.tensor), wordsOf(tensor, values)],
  );
  const showsCommitment = committed === undefined && outputMode === "committed";
  return {
    ...(Object.fromEntries(tensors) as CircuitInput),
    [SIGNALS.openedSalt]: salts[number - 1],
    [SIGNALS.openedBinding]: binding,
    ...(showsCommitment && { [SIGNALS.salt]: whole[SIGNALS.salt] }),
    ...(committed && { [SIGNALS.edgeSalt]: salts[number] }),
  };
}

function elementsOf({ tensor, elements }: EdgeTensor, values: readonly Float64Array[]): number[] {
  return Array.from(elements, (element) => values[tensor][element]);
}

function wordsOf(tensor: EdgeTensor, values: readonly Float64Array[]): bigint[] {
  return packWords(elementsOf(tensor, values), tensor);
}
