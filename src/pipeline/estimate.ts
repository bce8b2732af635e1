import { poolBeforeActivation } from "../graph/passes/poolBeforeActivation.js";
import type { Graph } from "../graph/types.js";
import type { ImportedModel } from "../import/importModel.js";
import type { Samples } from "../import/samples/loadSamples.js";
import { outputModeOf } from "../program/modes.js";
import { buildNetlist } from "../netlist/netlist.js";
import type { Netlist } from "../netlist/types.js";
import type { Program } from "../program/types.js";
import { quantizeTraced, sharedWork } from "../quantize/quantize.js";
import { RefusedError } from "../quantize/refused.js";
import { cheapestProgram, type Economy } from "../search/cheapest.js";
import type { ChosenBits } from "../search/precision.js";
import { droppedFrom } from "./dropped.js";
import { makeIntegerModel, type CircuitOptions } from "./integerModel.js";
import { madeUpRanges, type MadeUpRanges } from "./madeUpRanges.js";
import { constraintsOf, type Report } from "./report.js";

/** What a model's circuit would cost. */
export interface Estimate extends Pick<
  Report,
  "constraints" | "provingDomain" | "layers" | "parts" | "dropped"
> {
  /** Those that a build would choose; 8 of each where there are no samples. */
  readonly bits: ChosenBits;
  /** Of any output, as a share of its range on the samples; null without samples. */
  readonly greatestError: number | null;
  /** What is not as it will be, one sentence each. */
  readonly guesses: readonly string[];
}

const BITS = { inputBits: 8, weightBits: 8, activationBits: 8 };

/** A circuit, and what it costs. */
export interface EstimatedCircuit {
  readonly estimate: Estimate;
  readonly program: Program;
  readonly netlist: Netlist;
}

/** Costs, bits and errors as a build with these samples has them. @throws RefusedError where it cannot be proved */
export function estimateOn(
  model: ImportedModel,
  samples: Samples,
  options: CircuitOptions,
): EstimatedCircuit {
  const { program, netlist, accuracy, bits, dropped } = makeIntegerModel(model, samples, options);
  const greatestError = Math.max(...accuracy.outputs.map((output) => output.greatestError));
  return {
    estimate: { ...constraintsOf(netlist), dropped: dropped(), bits, greatestError, guesses: [] },
    program,
    netlist,
  };
}

/** Costs at 8 bits of a model with ranges from made-up inputs. @throws RefusedError where it cannot be proved */
export function estimate(
  graph: Graph,
  modes: Pick<CircuitOptions, "input" | "output" | "weights"> = { input: "committed", output: "public" },
): EstimatedCircuit {
  const prepared = poolBeforeActivation(graph);
  let refused: unknown;
  for (const madeUp of madeUpRanges(prepared)) {
    try {
      const { dropped, ...made } = circuitOf(prepared, madeUp, modes);
      const costs = { ...constraintsOf(made.netlist), dropped, bits: BITS, greatestError: null };
      return { ...made, estimate: { ...costs, guesses: guessesOf(madeUp) } };
    } catch (error) {
      // A divisor of both signs may have one only on other inputs.
      if (!(error instanceof RefusedError)) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

function circuitOf(
  graph: Graph,
  { ranges }: MadeUpRanges,
  { input, output, weights }: Pick<CircuitOptions, "input" | "output" | "weights">,
): Pick<EstimatedCircuit, "program" | "netlist"> & Pick<Estimate, "dropped"> {
  const shared = sharedWork();
  const made = (economy: Economy) =>
    quantizeTraced(graph, ranges, {
      precision: { ...BITS, tableBits: 10, ...economy },
      output: output === "argmax" ? "argmax" : "public",
      secretWeights: weights === "private",
      source: "0".repeat(64),
      shared,
    });
  const { economy } = cheapestProgram((one) => made(one).program);
  const { program, whole } = made(economy);
  const netlist = buildNetlist(program, input, outputModeOf(output));
  return { program, netlist, dropped: droppedFrom(whole, program) };
}

function guessesOf({ interval: { lo, hi }, undefined: layers }: MadeUpRanges): string[] {
  return [
    `ranges are a guess, from made-up inputs in [${lo}, ${hi}]; --samples gives those of a build`,
    ...(layers.size === 0
      ? []
      : [
          `these layers have no value on made-up inputs, so that what follows is left out: ${[...layers].join(", ")}`,
        ]),
  ];
}
