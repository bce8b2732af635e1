import { expect } from "chai";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { rangeEnforcers } from "../../src/program/secret.js";
import type { Operation } from "../../src/program/operations/index.js";
import type { LinearOperation } from "../../src/program/operations/linear.js";
import type { RequantizeOperation } from "../../src/program/operations/requantize.js";
import type { Program } from "../../src/program/types.js";

const input: Operation = { kind: "input", name: "x", size: 2, lo: -8, hi: 7 };

/** y[c] = weights[c] x[0] + bias[c], two of them. */
function layer(weights: number[], bias: number[]): LinearOperation {
  return {
    kind: "linear",
    name: "fc",
    size: 2,
    inputs: [0],
    channels: 2,
    positions: 1,
    taps: 1,
    groups: 1,
    weights: Int32Array.from(weights),
    index: Int32Array.of(0),
    bias: Float64Array.from(bias),
    secret: true,
  };
}

const requantize = (from: number, shift: number, lo: number, hi: number): RequantizeOperation => ({
  kind: "requantize",
  name: "act",
  size: 2,
  input: from,
  blocks: 1,
  shift: Int32Array.of(shift),
  lo,
  hi,
});

const view = (index: number[]): Operation => ({
  kind: "view",
  name: "view",
  size: index.length,
  inputs: [1],
  index: Int32Array.from(index),
});

function programOf(operations: Operation[], shown = operations.length - 1): Program {
  const output = { name: "y", tensor: shown, shape: [2], kind: "values", scale: [1], offset: [0] } as const;
  const declared = { name: "x", tensor: 0, shape: [2], scale: [1], offset: [0], bits: 4 };
  return { source: "ab".repeat(32), operations, inputs: [declared], outputs: [output] };
}

const range = (program: Program, tensor: number): number[][] => {
  const { lo, hi } = checkedIntervals(program)[tensor];
  return [Array.from(lo), Array.from(hi)];
};

describe("bounds of secret sums", () => {
  const fc = layer([3, -5], [1, 0]);

  it("are of whole bits where the layer checks them: weights that are not honest are held by nothing else", () => {
    // Honest sums are in [-35, 40].
    expect(range(programOf([input, fc]), 1)).to.deep.equal([
      [-64, -64],
      [63, 63],
    ]);
  });

  it("are those of a requantization's decomposition, which has no witness for more", () => {
    const relu = programOf([input, fc, requantize(1, 2, 0, Infinity)]);
    expect(range(relu, 1)).to.deep.equal([
      [-35, -35],
      [40, 40],
    ]);
    // |q| has 4 bits since 10 does; 15 is what other weights can reach.
    expect(range(relu, 2)).to.deep.equal([
      [0, 0],
      [15, 15],
    ]);
    const signed = programOf([input, fc, requantize(1, 2, -Infinity, Infinity)]);
    expect(range(signed, 2)).to.deep.equal([
      [-9, -9],
      [22, 22],
    ]);
    const clamped = programOf([input, fc, requantize(1, 1, 0, 7)]);
    expect(range(clamped, 2)).to.deep.equal([
      [0, 0],
      [7, 7],
    ]);
  });

  it("are checked by the layer unless every sum goes into one requantization, and nowhere else", () => {
    const relu = (from: number) => requantize(from, 2, 0, Infinity);
    const enforced = (program: Program) => rangeEnforcers(program).layers.has(1);
    expect(enforced(programOf([input, fc, relu(1)]))).to.equal(true);
    expect(enforced(programOf([input, fc, view([1, 0]), relu(2)]))).to.equal(true);
    for (const program of [
      programOf([input, fc]),
      programOf([input, fc, relu(1)], 1), // shown
      programOf([input, fc, relu(1), relu(1)]), // two consumers
      programOf([input, fc, view([1, 1]), relu(2)]), // one sum is dropped
      programOf([input, fc, view([1, -1]), relu(2)]),
      programOf([input, fc, requantize(1, 0, -Infinity, Infinity)]), // looks at nothing
    ])
      expect(enforced(program), program.operations.map(({ kind }) => kind).join()).to.equal(false);
    const [step] = buildNetlist(programOf([input, fc])).steps;
    expect("arguments" in step && step.arguments.find(({ name }) => name === "checked")?.value).to.equal(1);
  });
});
