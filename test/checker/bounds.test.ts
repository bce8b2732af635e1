import { expect } from "chai";
import fc from "fast-check";
import { boundsOf, uniform } from "../../src/checker/bounds.js";
import { readProgram } from "../../src/checker/program.js";
import { execute } from "../../src/program/execute.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { serializeProgram } from "../../src/program/serialize.js";
import { arbitraryInputs, programOf, SMALL_MODELS } from "../helpers/models.js";

/** Operations of which the checker knows more than the emitter. */
const TIGHTER = ["matmul", "linear"];

describe("the checker's bounds", function () {
  for (const [name, model] of Object.entries(SMALL_MODELS)) {
    const { program } = programOf(model(3));
    const own = readProgram(serializeProgram(program));
    const inputs = new Map(
      own.inputs.map(({ tensor }) => {
        const operation = own.operations[tensor];
        if (operation.kind !== "input") throw new Error("not an input");
        return [tensor, uniform(operation.size, BigInt(operation.lo), BigInt(operation.hi))];
      }),
    );
    const { bounds } = boundsOf(own, inputs);

    it(`hold every value of "${name}"`, () => {
      fc.assert(
        fc.property(arbitraryInputs(program), (integers) => {
          execute(program, integers).forEach((values, tensor) =>
            values.forEach((value, i) => {
              const [lo, hi] = [Number(bounds[tensor].lo[i]), Number(bounds[tensor].hi[i])];
              if (value < lo || value > hi)
                throw new Error(`${own.operations[tensor].name}[${i}] is ${value}, not of [${lo}, ${hi}]`);
            }),
          );
        }),
        { numRuns: 100 },
      );
    });

    it(`are those of the emitter for "${name}", of which they know nothing`, () => {
      checkedIntervals(program).forEach((theirs, tensor) => {
        const { kind, name: layer } = program.operations[tensor];
        const mine = { lo: bounds[tensor].lo.map(Number), hi: bounds[tensor].hi.map(Number) };
        mine.lo.forEach((lo, i) => expect(lo, layer).to.be.at.least(theirs.lo[i]));
        mine.hi.forEach((hi, i) => expect(hi, layer).to.be.at.most(theirs.hi[i]));
        if (!TIGHTER.includes(kind))
          expect(mine, layer).to.deep.equal({ lo: Array.from(theirs.lo), hi: Array.from(theirs.hi) });
      });
    });
  }
});
