import { expect } from "chai";
import { crossed } from "../../src/circom/text/names.js";
import type { CircuitInput } from "../../src/circom/witness.js";
import { witnessValues } from "../../src/circom/witnessGenerator.js";
import { commitInputs } from "../../src/client/commitment.js";
import { edgeCommitment, segmentInput } from "../../src/inference/segmentInput.js";
import type { Cuttable } from "../../src/netlist/segments/cut.js";
import type { EdgeTensor } from "../../src/netlist/segments/edges.js";
import { isRead, type Segment } from "../../src/netlist/segments/segment.js";
import { isWiring, type Netlist } from "../../src/netlist/types.js";
import { segmentCircuit } from "../../src/pipeline/linkable.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { SALT, shown, signalsOf } from "../netlist/secretCircuits.js";
import { link } from "./linking.js";

/** A circuit that is cut. */
export interface Cut {
  readonly program: Program;
  readonly netlist: Netlist;
  readonly cuttable: Cuttable;
}

export const SECRETS = { binding: 77n, salts: [101n, 102n, 103n, 104n, 105n] };

/** Where a circuit can be cut in two. */
export function places({ netlist, cuttable }: Cut): number[] {
  const components = netlist.steps.flatMap((step) => (isWiring(step) ? [] : [step.output]));
  return components.slice(0, -1).filter((place) => cuttable.at([place]) !== undefined);
}

/** Each segment shows what its neighbors do, the first the input's commitment and the last the outputs of the whole. */
export function showChain(
  { program, netlist }: Cut,
  segments: readonly Segment[],
  inputs: readonly Float64Array[],
  signals: readonly (readonly bigint[])[],
): void {
  const values = execute(program, inputs);
  const edges = segments
    .slice(0, -1)
    .map(({ committed }, i) => edgeCommitment(committed!, values, SECRETS, i));
  const commitment = commitInputs(BigInt(netlist.domain), SALT, inputs, netlist.inputs);
  const last = segments.length - 1;
  expect(signals[0]).to.deep.equal([edges[0], commitment, SECRETS.binding]);
  for (let i = 1; i < last; i++) expect(signals[i]).to.deep.equal([edges[i], edges[i - 1]]);
  if (netlist.outputMode === "public")
    expect(signals[last]).to.deep.equal([...shown(netlist, program, inputs), edges[last - 1]]);
  else expect(signals[last].length).to.equal(2);
}

/**
 * Shows that a segment opens its commitment to no integers but those that were committed to: to none with a slot that
 * overflows into the next.
 *
 * @returns how many tensors were tried
 */
export async function opensToNoOthers(
  { program, netlist }: Cut,
  segment: Segment,
  inputs: readonly Float64Array[],
): Promise<number> {
  const { number, opened } = segment;
  const values = execute(program, inputs);
  const input = segmentInput(segment, netlist, signalsOf(netlist, inputs), values, SECRETS);
  const signals = await signalsBy(segment);
  expect(signals(input).at(-1)).to.equal(edgeCommitment(opened!, values, SECRETS, number - 1));
  const forgeries = opened!.tensors
    .filter((tensor) => isRead(segment, tensor))
    .map((tensor) => withOverflow(input, tensor))
    .filter((forged) => forged !== undefined);
  for (const forged of forgeries) expect(() => signals(forged), `segment ${number}`).to.throw(/./);
  return forgeries.length;
}

/**
 * What the gadgets of a segment make of an input: its public signals, as far as they do not go by a linear layer, which the
 * executor computes.
 */
async function signalsBy(segment: Segment): Promise<(input: CircuitInput) => bigint[]> {
  const { witness, r1cs } = await link({ ...segmentCircuit(segment), tensors: new Map() });
  return (input) => witnessValues(witness.calculate(input, [])).slice(1, 1 + r1cs.publicOutputs);
}

/** The same word from other integers: a slot that overflows into the next. */
export function withOverflow(
  input: CircuitInput,
  { tensor, width, perWord, count }: EdgeTensor,
): CircuitInput | undefined {
  if (perWord < 2 || count < 2) return undefined;
  const elements = [...(input[crossed(tensor)] as number[])];
  elements[0] += 2 ** width;
  elements[1] -= 1;
  return { ...input, [crossed(tensor)]: elements };
}
