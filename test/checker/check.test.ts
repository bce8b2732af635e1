import { expect } from "chai";
import { checkWidths } from "../../src/checker/check.js";
import { buildNetlist } from "../../src/netlist/netlist.js";
import { programOf, SMALL_MODELS } from "../helpers/models.js";
import { textsOf } from "./texts.js";

describe("the checker of widths", function () {
  for (const [name, model] of Object.entries(SMALL_MODELS))
    for (const output of ["public", "argmax"] as const)
      it(`finds nothing in "${name}" that shows ${output}`, () => {
        for (const [seed, secretWeights] of [
          [3, false],
          [11, false],
          [5, true],
        ] as const) {
          const { program } = programOf(model(seed), { output, secretWeights });
          for (const inputMode of ["committed", "evaluated", "public"] as const)
            for (const outputMode of ["public", "committed", "encrypted"] as const) {
              if (inputMode === "public" && outputMode === "encrypted") continue;
              const texts = textsOf(program, buildNetlist(program, inputMode, outputMode));
              const { checks, findings } = checkWidths(texts);
              expect(findings, `${inputMode} ${outputMode}`).to.deep.equal([]);
              expect(checks).to.be.greaterThan(100);
            }
        }
      });
});
