import { expect } from "chai";
import { interpret } from "../../../src/graph/interpret.js";
import type { Tensor } from "../../../src/tensor/types.js";
import { DamagedError } from "../../../src/import/exportRecipe.js";
import { asIntegers, type NodeIntegers } from "./nodeIntegers.js";
import { isRefusal, nodeTestNames, readNodeTest, type NodeTest } from "./nodeTests.js";

type Outcome = "passed" | "refused" | "damaged" | "wrong";

function outcomeOf(name: string): { readonly is: Outcome; readonly test?: NodeTest } {
  try {
    const test = readNodeTest(name);
    if (test === undefined) return { is: "refused" };
    const outputs = interpret(test.graph, test.inputs);
    const right = [...test.outputs].every(([id, expected]) => isNear(outputs.get(id)!, expected));
    return { is: right ? "passed" : "wrong", test };
  } catch (error) {
    if (error instanceof DamagedError) return { is: "damaged" };
    if (isRefusal(error)) return { is: "refused" };
    throw error;
  }
}

function isNear(actual: Tensor, expected: Tensor): boolean {
  return (
    actual.shape.join() === expected.shape.join() &&
    expected.data.every((value, i) => {
      const own = actual.data[i];
      return (
        Object.is(value, own) || Math.abs(value - own) <= 1e-3 * Math.max(1, Math.abs(value)) || value === own
      );
    })
  );
}

/** What an output may be off by without a notice, as a share of its range. */
const SILENT_ERROR = 0.05;

describe("ONNX's own tests of nodes", function () {
  const names = nodeTestNames();
  let passed: [name: string, test: NodeTest][];

  before(function () {
    if (names !== undefined) return;
    console.log("        skipped: install libonnx-testdata, or name its folder in ONNX_NODE_TESTS");
    this.skip();
  });

  it("pass or are refused with a reason, and none is wrong or said to be damaged", () => {
    const outcomes = names!.map((name) => ({ name, ...outcomeOf(name) }));
    const of = (wanted: Outcome) => outcomes.filter(({ is }) => is === wanted);
    passed = of("passed").map(({ name, test }) => [name, test!]);
    console.log(`        ${passed.length} of ${names!.length} pass, ${of("refused").length} are refused`);
    expect(of("wrong").map(({ name }) => name)).to.deep.equal([]);
    expect(of("damaged").map(({ name }) => name)).to.deep.equal([]);
    expect(passed.length).to.be.at.least(737);
  });

  it("are integers as well, near to the floats or with a notice that says how far", () => {
    const results = passed
      .filter(([, { graph, constant }]) => !constant && graph.inputs.some(({ dtype }) => dtype === "float"))
      .map(([name, test]) => [name, asIntegers(test)] as const);
    const made = results.filter(
      (entry): entry is readonly [string, Exclude<NodeIntegers, { refused: string }>] => {
        const [name, result] = entry;
        if (!("refused" in result)) return true;
        console.log(`        ${name} is refused: ${result.refused.split("\n").slice(0, 2).join(" ")}`);
        return false;
      },
    );
    const far = made.filter(([, { error }]) => error > SILENT_ERROR);
    const near = made.filter(([, { error }]) => error <= 0.02);
    console.log(
      `        ${made.length} of ${results.length} become integers: ${near.length} within 2 % of the range, ${far.length} beyond 5 %, all noted`,
    );
    for (const [name, { error }] of far) console.log(`        ${name}: ${(100 * error).toFixed(1)} %`);
    const unnoted = far.filter(
      ([, { notices }]) => !notices.some((notice) => notice.includes(" is off by up to ")),
    );
    expect(unnoted.map(([name]) => name)).to.deep.equal([]);
    expect(results.length).to.be.at.least(599);
    expect(made.length).to.be.at.least(593);
    expect(near.length).to.be.at.least(555);
  });
});
