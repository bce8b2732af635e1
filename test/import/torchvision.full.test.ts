import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { importModel } from "../../src/import/importModel.js";
import { inspectModel } from "../../src/import/inspectModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { evaluateFile } from "../../src/runtime/models/files.js";
import { largestError } from "./support.js";

/** What test/fixtures/torchvision.py writes. */
const folder = process.env.TORCHVISION_MODELS ?? "";

describe("torchvision's architectures at 32 x 32", function () {
  if (!existsSync(folder)) {
    it("are not here: test/fixtures/torchvision.py makes them, TORCHVISION_MODELS names their folder", function () {
      this.skip();
    });
    return;
  }
  for (const name of readdirSync(folder).sort())
    for (const file of readdirSync(path.join(folder, name)).filter((one) => /\.(pt2|onnx)$/.test(one)))
      it(`${name}/${file} is imported, inspected and evaluated`, async () => {
        const location = path.join(folder, name, file);
        expect((await inspectModel(location)).unsupported).to.deep.equal([]);
        const { graph } = await importModel(location);
        const samples = await loadSamples(path.dirname(location), graph);
        expect(largestError(graph, samples)).to.be.below(1e-3);
        const { outputs, notices } = await evaluateFile(location, path.dirname(location));
        if (outputs.some(({ greatestError }) => greatestError > 0.05))
          expect(notices.join()).to.contain("is off by up to");
      });
});
