import { expect } from "chai";
import fc from "fast-check";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { liveSlices, withoutDeadValues } from "../../src/program/deadValues.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { definitionOf, OPERATIONS, operandsOf, type Operation } from "../../src/program/operations/index.js";
import type { Program } from "../../src/program/types.js";
import { execute } from "../../src/program/execute.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";

type Output = Program["outputs"][number];

const output = (tensor: number): Output => ({
  name: "y",
  tensor,
  shape: [1],
  kind: "values",
  scale: [1],
  offset: [0],
});

/** The program, of whose tensor only some elements are shown. */
function showing(program: Program, tensor: number, elements: readonly number[]): Program {
  const index = Int32Array.from(elements);
  const shown: Operation = { kind: "view", name: "shown", size: index.length, inputs: [tensor], index };
  return {
    ...program,
    operations: [...program.operations, shown],
    outputs: [output(program.operations.length)],
  };
}

/** Values of a program in which all that is left out is another number of its interval. */
function executeOverwritten(
  program: Program,
  inputs: readonly Float64Array[],
  pick: (most: number) => number,
): Float64Array[] {
  const slices = liveSlices(program);
  const intervals = checkedIntervals(program);
  const values: Float64Array[] = [];
  let next = 0;
  for (const [tensor, operation] of program.operations.entries()) {
    const operands =
      operation.kind === "input" ? [inputs[next++]] : operandsOf(operation).map((i) => values[i]);
    const result = Float64Array.from(definitionOf(operation).execute(operation, operands));
    const kept = new Set(slices[tensor]?.kept);
    const { lo, hi } = intervals[tensor];
    for (let i = 0; i < result.length; i++) if (!kept.has(i)) result[i] = lo[i] + pick(hi[i] - lo[i]);
    values.push(result);
  }
  return values;
}

const valuesShown = ({ outputs }: Program, values: readonly Float64Array[]) =>
  outputs.map(({ tensor }) => Array.from(values[tensor]));

/** Tensors of a program, and elements of them: of any tensor, or few of the last. */
function arbitraryChoice({ operations }: Program): fc.Arbitrary<{ tensor: number; elements: number[] }> {
  const of = (tensor: number, most: number) =>
    fc
      .array(fc.nat(operations[tensor].size - 1), { minLength: 1, maxLength: most })
      .map((elements) => ({ tensor, elements }));
  return fc.oneof(
    fc.nat(operations.length - 1).chain((tensor) => of(tensor, 4)),
    of(operations.length - 1, 2),
  );
}

describe("program/deadValues", () => {
  const cut = new Set<string>();

  for (const [name, model] of Object.entries(SMALL_MODELS))
    for (const [mode, options] of [
      ["values", {}],
      ["argmax", { output: "argmax" }],
      ["secret weights", { secretWeights: true }],
    ] as const) {
      it(`leaves out what no output depends on: ${name}, ${mode}`, () => {
        const { program: whole } = programOf(model(3), options);
        const choices = fc.record({
          choice: arbitraryChoice(whole),
          inputs: arbitraryInputs(whole),
          numbers: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        });
        fc.assert(
          fc.property(choices, ({ choice: { tensor, elements }, inputs, numbers }) => {
            const program = showing(whole, tensor, elements);
            const sliced = withoutDeadValues(program);
            for (const [i, slice] of liveSlices(program).entries())
              if (slice !== undefined && slice.kept.length < program.operations[i].size)
                cut.add(program.operations[i].kind);
            const expected = valuesShown(program, execute(program, inputs));
            expect(valuesShown(sliced, execute(sliced, inputs))).to.deep.equal(expected);
            const pick = (most: number) => Math.floor(numbers.next().value * (most + 1));
            expect(valuesShown(program, executeOverwritten(program, inputs, pick))).to.deep.equal(expected);
            // Nothing is left that could be left out.
            expect(withoutDeadValues(sliced)).to.equal(sliced);
          }),
          { numRuns: 40 },
        );
      });
    }

  it("has left out elements of every kind of operation", () => {
    const kinds = Object.keys(OPERATIONS).filter((kind) => kind !== "input");
    expect([...cut]).to.have.members(kinds);
  });

  it("keeps inputs whole, and their order", () => {
    const { program } = programOf(SMALL_MODELS["dense, relu, dense"](3));
    const { operations, inputs } = withoutDeadValues(showing(program, 0, [2]));
    expect(operations.map(({ kind, size }) => [kind, size])).to.deep.equal([
      ["input", 6],
      ["view", 1],
    ]);
    expect(inputs).to.deep.equal(program.inputs);
  });

  it("gives a circuit every assumption of which is proven", () => {
    for (const model of Object.values(SMALL_MODELS)) {
      const { program } = programOf(model(3));
      const last = program.operations.length - 1;
      const sliced = withoutDeadValues(showing(program, last, [0]));
      const whole = withoutDeadValues(
        showing(program, last, Array.from(Array(program.operations[last].size).keys())),
      );
      expect(buildNetlist(sliced).cost.nonlinear).to.be.at.most(buildNetlist(whole).cost.nonlinear);
    }
  });
});
