import { expect } from "chai";
import fc from "fast-check";
import type { CircuitInput } from "../../src/circom/witness.js";
import {
  commitInputs,
  commitOutputWords,
  commitWeights,
  encryptOutputWords,
  packInputs,
} from "../../src/client/commitment.js";
import { evaluateWords } from "../../src/client/evaluation.js";
import { batchInput, batchShown } from "../../src/inference/batchInput.js";
import { compareSystems } from "../../src/link/compare.js";
import { batchOf, type Batch } from "../../src/netlist/batch.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { batchCircuit } from "../../src/pipeline/linkable.js";
import { outputModeOf } from "../../src/program/modes.js";
import { execute } from "../../src/program/execute.js";
import type { Program } from "../../src/program/types.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";
import { compileBatch } from "../helpers/netlist.js";
import { CHALLENGE, SALT, shown, signalsOf, WEIGHT_SALT } from "../netlist/secretCircuits.js";
import { isSameWitness, link, sizeOf, type Mode } from "./linking.js";

/** A small model, so many times. */
export function batchFor(
  name: string,
  [input, output, weights]: Mode,
  jobs: number,
): { program: Program; batch: Batch } {
  const { program } = programOf(SMALL_MODELS[name](3), {
    output: output === "argmax" ? "argmax" : "public",
    secretWeights: weights === "private",
  });
  const netlist = buildNetlist(program, input, outputModeOf(output));
  return { program, batch: batchOf(program, netlist, jobs) };
}

/** The public signals that the model's own circuit has for inputs, computed apart from any circuit. */
function publicWords(
  { netlist }: Batch,
  program: Program,
  inputs: Float64Array[],
  binding: bigint,
): bigint[] {
  const { inputMode, outputMode, domain, weightWords } = netlist;
  const words = shown(netlist, program, inputs);
  const weights = weightWords.length > 0 ? commitWeights(WEIGHT_SALT, weightWords) : undefined;
  const packed = packInputs(inputs, netlist.inputs);
  const ofOutputs = {
    public: () => words,
    committed: () => [commitOutputWords(BigInt(domain), SALT, words)],
    encrypted: () => encryptOutputWords(BigInt(domain), SALT, words),
  };
  return [
    ...ofOutputs[outputMode](),
    ...(weights === undefined ? [] : [weights]),
    ...(inputMode === "evaluated" ? [evaluateWords(packed, CHALLENGE), CHALLENGE] : []),
    commitInputs(BigInt(domain), SALT, inputs, netlist.inputs, weights),
    binding,
  ];
}

/** Inputs for a batch's circuit, the values of its tensors, and the public words of its jobs. */
export function jobsOf(batch: Batch, program: Program) {
  const inputs = fc.sample(arbitraryInputs(program), batch.jobs);
  const given = inputs.map((one, job): CircuitInput => ({
    ...signalsOf(batch.netlist, one),
    binding: 70n + BigInt(job),
  }));
  const words = inputs.flatMap((one, job) => publicWords(batch, program, one, 70n + BigInt(job)));
  const show = batchShown(batch.netlist.domain, words);
  return {
    input: batchInput(given, show.challenge),
    values: inputs.flatMap((one) => execute(program, one)),
    show,
  };
}

/** Links a batch of three, and compares it with circom's, and what it shows with what the jobs show. */
export async function isSameAsByCircomInThree(name: string, mode: Mode): Promise<void> {
  const { program, batch } = batchFor(name, mode, 3);
  const linked = await link(batchCircuit(batch, program.operations.length));
  expect(linked.counts).to.include(batch.cost);
  expect(linked.counts).to.deep.equal(sizeOf(linked.r1cs));
  const { constraints, publicOutputs, publicInputs } = linked.r1cs;
  expect([publicOutputs, publicInputs]).to.deep.equal([3, 0]);
  expect(batch.provingDomain.rows).to.equal(constraints + 4);
  const whole = await compileBatch(`batch ${name} ${mode[1]}`, batch);
  const { difference, partners } = compareSystems(linked.r1cs, whole.r1cs);
  expect(difference).to.equal(undefined);
  const { input, values, show } = jobsOf(batch, program);
  const witness = isSameWitness(input, values, { linked, whole, partners });
  expect(witness.slice(1, 4)).to.deep.equal([show.evaluation, show.challenge, show.commitment]);
}
