import type { CircuitInput } from "../../../src/circom/witness.js";
import { SIGNALS } from "../../../src/circom/text/names.js";
import { commitInputs, packWords } from "../../../src/client/commitment.js";
import { batchInput, batchShown } from "../../../src/inference/batchInput.js";
import { segmentInput } from "../../../src/inference/segmentInput.js";
import { fittingBatch } from "../../../src/netlist/batch.js";
import { provingDomain, type ProvingDomain } from "../../../src/netlist/provingDomain.js";
import { Cuttable } from "../../../src/netlist/segments/cut.js";
import type { Netlist } from "../../../src/netlist/types.js";
import {
  batchCircuit,
  modelCircuit,
  segmentCircuit,
  type LinkableCircuit,
} from "../../../src/pipeline/linkable.js";
import { execute } from "../../../src/program/execute.js";
import type { Program } from "../../../src/program/types.js";
import type { Part } from "./types.js";

// The circuits of a model whose stages are measured: the one that proves a job alone, batches, and segments.

/** A circuit, and how it is given jobs. */
export interface ProvenPart {
  readonly circuit: LinkableCircuit;
  readonly domain: ProvingDomain;
  /** Jobs of one proof. */
  readonly jobs: number;
  /** What a witness takes. @param inputs integers of each job's inputs; only as many jobs are taken as the proof has */
  readonly given: (inputs: readonly (readonly Float64Array[])[]) => {
    readonly input: CircuitInput;
    readonly values: readonly Float64Array[];
  };
}

const [SALT, BINDING] = [1n, 0n];

/** A part of a model with inputs that are committed to, and public outputs. */
export function partOf(program: Program, netlist: Netlist, part?: Part): ProvenPart {
  if (part !== undefined)
    return "jobs" in part
      ? batch(program, netlist, part.jobs)
      : segment(program, netlist, part.segment, part.of);
  return {
    circuit: modelCircuit(netlist),
    domain: provingDomain(netlist),
    jobs: 1,
    given: ([inputs]) => ({ input: inputOf(netlist, inputs), values: execute(program, inputs) }),
  };
}

function batch(program: Program, netlist: Netlist, asked: number): ProvenPart {
  const made = fittingBatch(program, netlist, asked);
  return {
    circuit: batchCircuit(made, program.operations.length),
    domain: made.provingDomain,
    jobs: made.jobs,
    given: (inputs) => {
      const jobs = Array.from({ length: made.jobs }, (_, job) => inputs[job % inputs.length]);
      const values = jobs.map((own) => execute(program, own));
      const words = jobs.flatMap((own, job) => [
        ...netlist.outputs.flatMap((packing) => packWords(values[job][packing.tensor], packing)),
        commitInputs(BigInt(netlist.domain), SALT, own, netlist.inputs),
        BINDING,
      ]);
      const { challenge } = batchShown(netlist.domain, words);
      const given = jobs.map((own) => inputOf(netlist, own));
      return { input: batchInput(given, challenge), values: values.flat() };
    },
  };
}

function segment(program: Program, netlist: Netlist, number: number, of: number): ProvenPart {
  const segments = new Cuttable(program, netlist).cut({ segments: of });
  if (segments === undefined) throw new Error(`The model cannot be cut into ${of} segments`);
  const own = segments[number - 1];
  const secrets = { binding: BINDING, salts: segments.map(() => SALT) };
  return {
    circuit: segmentCircuit(own),
    domain: own.provingDomain,
    jobs: 1,
    given: ([inputs]) => {
      const values = execute(program, inputs);
      return { input: segmentInput(own, netlist, inputOf(netlist, inputs), values, secrets), values };
    },
  };
}

function inputOf(netlist: Netlist, inputs: readonly Float64Array[]): CircuitInput {
  return {
    ...Object.fromEntries(netlist.inputs.map(({ signal }, i) => [signal, Array.from(inputs[i])])),
    ...{ [SIGNALS.salt]: SALT, [SIGNALS.binding]: BINDING },
  };
}
