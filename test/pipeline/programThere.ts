import { join } from "node:path";
import { hashOf } from "../../src/artifacts/hash.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { makeIntegerModel } from "../../src/pipeline/integerModel.js";
import { serializeProgram } from "../../src/program/serialize.js";

// A process of its own, for versions of Node that have all that quantization takes, but not all that a build does: prints
// the hash of a model's program. node --import tsx programThere.ts <folder of model and samples>

const [folder] = process.argv.slice(2);
const model = await importModel(join(folder, "model.pt2"));
const samples = await loadSamples(folder, model.graph);
const { program } = makeIntegerModel(model, samples, { input: "committed", output: "public" });
console.log(hashOf(`${serializeProgram(program)}\n`));
