import { definitionOf, operandsOf } from "./operations/index.js";
import type { Program } from "./types.js";

/**
 * Runs a program on integers. All values are integers in Float64Array; `checkedIntervals` has shown at build time
 * that none reaches 2^53, so every sum and product here is exact.
 *
 * @param inputs one array a program input, in order, within the declared domain (else a RangeError)
 * @returns the values of every operation, by number
 */
export function execute(program: Program, inputs: readonly Float64Array[]): Float64Array[] {
  const values: Float64Array[] = [];
  let nextInput = 0;
  for (const operation of program.operations) {
    const operands =
      operation.kind === "input" ? [inputs[nextInput++]] : operandsOf(operation).map((id) => values[id]);
    values.push(definitionOf(operation).execute(operation, operands));
  }
  return values;
}
