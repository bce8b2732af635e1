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

  it("finds masks of another salt, domain or number of words, and words that no mask hides", () => {
    const { program } = programOf(SMALL_MODELS["dense, relu, dense"](3));
    const texts = textsOf(program, buildNetlist(program, "committed", "encrypted"));
    const [, head] = /(encryptOutputs = Encrypt\(.*\));/.exec(texts.main)!;
    const changes: readonly (readonly [string, string])[] = [
      ["encryptOutputs.salt <== salt;", "encryptOutputs.salt <== binding;"],
      ["encryptOutputs.words <== output_0.out;", "encryptOutputs.words <== encryptOutputs.out;"],
      ["encryptedWords <== encryptOutputs.out;", "encryptedWords <== output_0.out;"],
      [head, head.replace(/\d(?=\))/, (digit) => `${(Number(digit) + 1) % 10}`)],
      [head, head.replace(/\(\d+/, "(2")],
    ];
    for (const [from, to] of changes) {
      expect(texts.main).to.contain(from);
      expect(to).not.to.equal(from);
      expect(checkWidths({ ...texts, main: texts.main.replace(from, to) }).findings, to).not.to.deep.equal(
        [],
      );
    }
  });
});
