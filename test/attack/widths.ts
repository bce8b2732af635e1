import { expect } from "chai";
import { join } from "node:path";
import { checkWidths } from "../../src/attack/families/intervals.js";
import { libraryTemplates } from "../../src/attack/prepare.js";
import { layoutOf } from "../../src/attack/signals.js";
import { makeIntegerModel } from "../../src/build/integerModel.js";
import { printCircom } from "../../src/circom/print.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { FIXTURES } from "../plugin/project.js";

/**
 * Every width of a fixture model's circuit, recomputed from its program by code that the emitter does not share.
 * @returns how many widths and bounds were looked at
 */
export async function widthsHold(name: string): Promise<number> {
  const folder = join(FIXTURES, name);
  const model = await importModel(join(folder, "model.pt2"));
  const samples = await loadSamples(folder, model.graph);
  const options = { inputBits: 8, input: "committed", output: "public" } as const;
  const { program, netlist } = makeIntegerModel(model, samples, options);
  const sources = printCircom(netlist, { header: [name], constantsFile: "constants.circom" });
  const parameters = await libraryTemplates();
  let checked = 0;
  const problems: string[] = [];
  checkWidths(
    { program, ...sources, parameters, outputs: netlist.outputs, signals: layoutOf(sources.main) },
    {
      check: (what, passes, _by, evidence) => {
        checked++;
        if (!passes) problems.push(`${what}: ${evidence}`);
      },
      note: (text) => problems.push(text),
    },
  );
  expect(problems).to.deep.equal([]);
  return checked;
}
