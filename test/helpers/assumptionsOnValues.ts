import type { Netlist } from "../../src/netlist/types.js";
import type { TensorId } from "../../src/program/operations/definition.js";
import type { Program } from "../../src/program/types.js";
import { instancesOf } from "../../src/assumptions/instances.js";
import { claimBook } from "../../src/assumptions/prove.js";
import { exactly, type Signal } from "../../src/assumptions/values.js";
import type { Claim } from "../../src/assumptions/walk.js";
import type { Assignment } from "../../src/assumptions/evaluate.js";

/**
 * Asks every assumption and guarantee of a circuit's gadgets for the integers of one run, as a test of the statements
 * and of the intervals from which builds prove them.
 *
 * @param values of every operation, as `execute` gives them
 * @returns what does not hold, in words
 */
export function assumptionsOnValues(
  program: Program,
  netlist: Netlist,
  values: readonly Float64Array[],
): string[] {
  const book = claimBook();
  const problems: string[] = [];
  const signalOf = (tensors: readonly TensorId[]) => signalOfValues(tensors, values);
  for (const { component, template, parameters, signals } of instancesOf(program, netlist, signalOf)) {
    const ask = (claim: Claim, names: Assignment): void =>
      claim.ask(names, ({ holds, seen }) => {
        if (!holds) problems.push(`${component}: "${claim.text}" of ${claim.template}: ${seen}`);
      });
    const names = book.names(template, parameters, { ...signals, held: signals.out });
    book.walk(template, names, ({ assumes, guarantees }, own) => {
      for (const claim of assumes) ask(claim, own);
      // What is inside a gadget is not a tensor of the program: such outputs are not known here.
      for (const claim of guarantees) if (claim.signals.every((name) => name in own)) ask(claim, own);
    });
  }
  return problems;
}

function signalOfValues(tensors: readonly TensorId[], values: readonly Float64Array[]): Signal {
  const all = tensors.flatMap((tensor) => Array.from(values[tensor]));
  return { length: all.length, at: (element) => exactly(all[element]) };
}
