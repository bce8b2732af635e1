import { expect } from "chai";
import { withCausalProducts } from "../../src/program/causal.js";
import { execute } from "../../src/program/execute.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import type { Operation } from "../../src/program/operations/index.js";
import type { Program } from "../../src/program/types.js";

const ROWS = 2;
const COLUMNS = 3;

/** Scores of two batches of 2 by 3, of which `index` is read. */
function scores(index: readonly number[]): Program {
  const size = 2 * ROWS * COLUMNS;
  const operations: Operation[] = [
    { kind: "input", name: "q", size: 2 * ROWS, lo: -5, hi: 5 },
    { kind: "input", name: "k", size: 2 * COLUMNS, lo: -5, hi: 5 },
    {
      kind: "matmul",
      name: "scores",
      size,
      inputs: [0, 1],
      batch: 2,
      rows: ROWS,
      inner: 1,
      columns: COLUMNS,
      shift: 1,
      causal: false,
    },
    // Behind another tensor, as views may have several.
    { kind: "view", name: "seen", size: index.length, inputs: [0, 2], index: Int32Array.from(index) },
  ];
  const input = { shape: [1], scale: [1], offset: [0], bits: 4 };
  const output = { name: "y", tensor: 3, shape: [1], kind: "values" as const, scale: [1], offset: [0] };
  const inputs = [
    { ...input, name: "q", tensor: 0 },
    { ...input, name: "k", tensor: 1 },
  ];
  return { source: "00".repeat(32), operations, inputs, outputs: [output] };
}

/** Places in the view's inputs: row 0 sees two columns, row 1 all three. */
const SEEN = [0, 1, 3, 4, 5].flatMap((i) => [4 + i, 4 + 6 + i]);

describe("program/causal", () => {
  it("leaves out what lies above the diagonal and is never read, and nothing that is", () => {
    const causalOf = ({ operations, outputs }: Program) =>
      withCausalProducts(operations, outputs).map((one) => one.kind === "matmul" && one.causal);
    expect(causalOf(scores(SEEN))).to.deep.equal([false, false, true, false]);
    expect(causalOf(scores([...SEEN, 4 + 2]))).to.deep.equal([false, false, false, false]);
    expect(causalOf(scores([...SEEN, 4 + 6 + 2]))).to.deep.equal([false, false, false, false]);
    const shown = scores(SEEN);
    const output = { ...shown.outputs[0], tensor: 2 };
    expect(causalOf({ ...shown, outputs: [output] })).to.deep.equal([false, false, false, false]);
  });

  it("gives what is read the same values and intervals, and 0 elsewhere", () => {
    const full = scores(SEEN);
    const causal = { ...full, operations: withCausalProducts(full.operations, full.outputs) };
    const inputs = [Float64Array.of(1, -2, 3, 5), Float64Array.of(-5, 4, 2, 1, 3, -4)];
    const [before, after] = [execute(full, inputs), execute(causal, inputs)];
    expect(after[3]).to.deep.equal(before[3]);
    expect(Array.from(after[2])).to.deep.equal(
      Array.from(before[2], (value, i) => (i % 6 === 2 ? 0 : value)),
    );
    const [wide, narrow] = [checkedIntervals(full), checkedIntervals(causal)];
    expect(narrow[3]).to.deep.equal(wide[3]);
    expect([narrow[2].lo[2], narrow[2].hi[2]]).to.deep.equal([0, 0]);
  });
});
