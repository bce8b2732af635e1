import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import type { Operation } from "../../src/program/operations/index.js";

const input = (lo: number, hi: number, size = 1): Operation => ({ kind: "input", name: "x", size, lo, hi });

function refused(...operations: Operation[]): string {
  try {
    checkedIntervals({ source: "00".repeat(32), operations, inputs: [], outputs: [] });
  } catch (error) {
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Error).message;
  }
  throw new Error("it was accepted");
}

describe("program/intervals: what would be unsound is refused with the layer's name", () => {
  it("a sum that could reach 2^52, far below the field's size", () => {
    const dense = (bias: number): Operation => ({
      kind: "linear",
      name: "encoder.fc1.linear",
      size: 1,
      inputs: [0],
      channels: 1,
      positions: 1,
      taps: 1,
      groups: 1,
      weights: Int32Array.of(2 ** 30),
      index: Int32Array.of(0),
      bias: Float64Array.of(bias),
    });
    expect(() =>
      checkedIntervals({
        source: "",
        operations: [input(0, 2 ** 22 - 1), dense(0)],
        inputs: [],
        outputs: [],
      }),
    ).not.to.throw();
    expect(refused(input(0, 2 ** 22), dense(0))).to.contain("encoder.fc1.linear");
    expect(refused(input(-(2 ** 22), 0), dense(-(2 ** 52)))).to.contain("encoder.fc1.linear");
  });

  it("a product of computed numbers that could", () => {
    const square: Operation = { kind: "product", name: "head.mul", size: 1, inputs: [0, 0] };
    expect(refused(input(-(2 ** 27), 2 ** 27), square)).to.contain("head.mul");
  });

  it("a table that does not cover its inputs", () => {
    const table = (form: "table" | "even" | "below" | "odd"): Operation => ({
      kind: "activate",
      name: "head.gelu",
      size: 1,
      input: 0,
      form,
      shift: 1,
      lo: 0,
      base: 0,
      table: Int32Array.of(0, 1, 2, 3),
    });
    for (const form of ["table", "even", "below", "odd"] as const)
      expect(refused(input(-40, 40), table(form)), form).to.contain("head.gelu");
  });

  it("an index that may lie beyond the table", () => {
    const lookup: Operation = {
      kind: "lookup",
      name: "wte.embedding",
      size: 2,
      input: 0,
      width: 2,
      table: Int32Array.from({ length: 8 }, (_, i) => i),
    };
    expect(refused(input(0, 4), lookup)).to.contain("wte.embedding");
    expect(refused(input(-1, 3), lookup)).to.contain("wte.embedding");
  });
});
