import { expect } from "chai";
import fc from "fast-check";
import { linearGadget } from "../../src/netlist/gadgets.js";
import { isMatrix, rowsOf, type Argument } from "../../src/netlist/types.js";
import type { LinearOperation } from "../../src/program/operations/linear.js";
import { compileGadget } from "../helpers/gadget.js";

const INPUTS = 4;

const integers = (length: number, min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });

/** Few taps of small weights, so that sums are often constants, an input, or cancel. */
const operations: fc.Arbitrary<LinearOperation> = fc
  .record({
    channels: fc.constantFrom(2, 4),
    positions: fc.integer({ min: 1, max: 6 }),
    taps: fc.integer({ min: 1, max: 4 }),
    groups: fc.constantFrom(1, 2),
    biases: fc.boolean(),
  })
  .chain(({ biases, ...shape }) => {
    const { channels, positions, taps, groups } = shape;
    const size = channels * positions;
    return fc
      .tuple(
        integers(channels * taps, -1, 1),
        integers(groups * positions * taps, -1, INPUTS - 1),
        integers(biases ? size : channels, 0, 1),
      )
      .map(([weights, index, bias]) => ({
        ...{ kind: "linear", name: "sums", inputs: [0], size, ...shape },
        ...{ weights: Int32Array.from(weights), index: Int32Array.from(index) },
        bias: Float64Array.from(bias),
      }));
  });

function literal(value: Argument): string {
  const isRows = typeof value === "object" && isMatrix(value);
  return JSON.stringify(isRows ? rowsOf(value).map((row) => Array.from(row)) : value);
}

describe("the cost of sums", () => {
  it("is what the compiler leaves: no constraint of a constant, or of an input under another name", async () => {
    for (const [i, operation] of fc.sample(operations, { numRuns: 12, seed: 17 }).entries()) {
      const { template, arguments: own, cost } = linearGadget(operation, INPUTS);
      const call = `${template}(${own.map(({ value }) => literal(value)).join(", ")})`;
      // Outputs of the main component keep their wires, so they are not the sums themselves.
      const { constraints } = await compileGadget(
        `sums_${i}`,
        `pragma circom 2.1.6;
include "torch2circom/circuits/linear.circom";
template Main() {
    signal input x[${INPUTS}];
    signal input other[2];
    signal product[${operation.size}];
    component sums = ${call};
    sums.in <== x;
    for (var i = 0; i < ${operation.size}; i++) product[i] <== (sums.out[i] + other[0]) * other[1];
}
component main = Main();
`,
      );
      expect(constraints.linear, call).to.equal(cost.linear);
    }
  });
});
