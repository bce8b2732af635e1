import { join } from "node:path";
import { pathsIn } from "../../src/artifacts/paths.js";
import { readRecipe } from "../../src/artifacts/recipe.js";
import { hashFile } from "../../src/artifacts/hash.js";
import { buildModel } from "../../src/pipeline/buildModel.js";
import { createProgress } from "../../src/progress/progress.js";
import { rebuild } from "../../src/pipeline/rebuild.js";

// A process of its own: builds a model in a folder, makes it again by its recipe, and prints the hashes of both.
// node --import tsx buildThere.ts <folder> <model.pt2> <folder of samples>

const [folder, source, samples] = process.argv.slice(2);
const paths = pathsIn(join(folder, "build"));
const cacheDir = join(folder, "cache");
const { manifest } = await buildModel(
  {
    ...{ name: "model", source, samples, paths, cacheDir, verifier: join(folder, "Verifier.sol") },
    ...{ input: "committed", output: "public" },
  },
  createProgress({ silent: true }),
);
const again = await rebuild({
  ...{ modelFile: source, recipe: await readRecipe(paths.recipe), folder: join(folder, "again"), cacheDir },
});
const { program, circuit, constants, recipe, r1cs, witness, report } = manifest.hashes;
console.log(
  JSON.stringify({
    built: { program, circuit, constants, r1cs, witness },
    again: again.hashes,
    recipe,
    report,
    verificationKey: await hashFile(paths.verificationKey),
    modelHash: manifest.model.sha256,
  }),
);
