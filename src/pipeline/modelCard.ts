import { cardMisfit } from "../artifacts/cardFit.js";
import { areNames, type Card } from "../artifacts/cardForm.js";
import { parseCard } from "../artifacts/parseCard.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Graph } from "../graph/types.js";
import type { SampleNames } from "../import/samples/names.js";
import type { Netlist } from "../netlist/types.js";
import type { Program } from "../program/types.js";
import { describeProgram } from "./makeManifest.js";

/**
 * The card of a build: the one that is given, and what the samples name beside it.
 *
 * @param given comes before the names of the samples, each list by itself
 * @param names of the samples
 * @param graph whose only input, and whose first output, these names are of
 * @returns undefined where nothing is named
 * @throws Torch2CircomError for names that a card cannot have
 */
export function cardOf(
  given: Card | undefined,
  { features, units, classes, columns }: SampleNames = {},
  { inputs, outputs }: Pick<Graph, "inputs" | "outputs">,
): Card | undefined {
  if ((features ?? units) !== undefined && inputs.length > 1)
    throw refused(`feature_names and feature_units are of one input, and the model has ${inputs.length}`);
  const named = features ?? (columns !== undefined && areNames(columns) ? columns : undefined);
  const input = { ...(named && { features: named }), ...(units && { units }) };
  const [{ id: inputId } = { id: "" }] = inputs;
  const [{ id: outputId } = { id: "" }] = outputs;
  const card = {
    ...given,
    ...(Object.keys(input).length > 0 && {
      inputs: { ...given?.inputs, [inputId]: { ...input, ...given?.inputs?.[inputId] } },
    }),
    ...(classes !== undefined && {
      outputs: { ...given?.outputs, [outputId]: { classes, ...given?.outputs?.[outputId] } },
    }),
  };
  if (Object.keys(card).length === 0) return undefined;
  return parseCard(JSON.stringify(card), "What the samples name");
}

/** @throws Torch2CircomError for a card that does not fit the program that is built */
export function requireFittingCard(card: Card | undefined, program: Program, netlist: Netlist): void {
  const misfit = card && cardMisfit(card, describeProgram(program, netlist), classCounts(program));
  if (misfit !== undefined) throw refused(misfit);
}

/** Between how many classes each output decides that is the number of one. */
function classCounts({ outputs, operations }: Program): ReadonlyMap<string, number> {
  return new Map(
    outputs.flatMap(({ name, tensor }) => {
      const operation = operations[tensor];
      return operation.kind === "argmax" ? [[name, operation.classes] as const] : [];
    }),
  );
}

function refused(why: string): Torch2CircomError {
  return new Torch2CircomError(
    "INVALID_ARGUMENT",
    `The names for inputs and outputs do not fit the model: ${why}`,
    "Correct the card (--card), or feature_names, feature_units and class_names of the samples.",
  );
}
