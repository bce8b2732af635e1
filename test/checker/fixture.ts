import { expect } from "chai";
import { join } from "node:path";
import { makeIntegerModel, type CircuitOptions } from "../../src/pipeline/integerModel.js";
import { checkWidths } from "../../src/checker/check.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { FIXTURES } from "../plugin/project.js";
import { textsOf } from "./texts.js";

/**
 * All that the checker looks at in a fixture model's circuit holds.
 * @returns how many checks that were, and what they took
 */
export async function widthsHold(
  name: string,
  options: Partial<CircuitOptions> = {},
): Promise<{ checks: number; seconds: number }> {
  const folder = join(FIXTURES, name);
  const model = await importModel(join(folder, "model.pt2"));
  const samples = await loadSamples(folder, model.graph);
  const { program, netlist } = makeIntegerModel(model, samples, {
    inputBits: 8,
    input: "committed",
    output: "public",
    ...options,
  });
  const texts = textsOf(program, netlist);
  const start = performance.now();
  const { checks, findings } = checkWidths(texts);
  expect(findings).to.deep.equal([]);
  return { checks, seconds: (performance.now() - start) / 1000 };
}
