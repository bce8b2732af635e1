import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { canonicalJson } from "../artifacts/canonicalJson.js";
import { pathsIn } from "../artifacts/paths.js";
import { readRecipe, type Recipe } from "../artifacts/recipe.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { readR1cs } from "../circom/r1cs.js";
import { FIELD_ORDER } from "../groth16/field.js";
import { compareWithCircom } from "../link/compareWithCircom.js";
import { packageVersion } from "../packageRoot.js";
import { rebuild, type Rebuilt } from "../pipeline/rebuild.js";
import { checkFiles } from "./files.js";
import { auditStep, ensure, skipped, type AuditStep } from "./steps.js";
import type { AuditTarget } from "./target.js";

export interface CircuitAuditParameters {
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Whether to compile each circuit whole with circom as well, and compare. */
  readonly compile: boolean;
}

/** Makes program and circuits again from model file and recipe, and compares them with the manifest's. */
export async function auditCircuit(
  target: AuditTarget,
  { cacheDir, compile }: CircuitAuditParameters,
): Promise<AuditStep[]> {
  const { paths, manifest, modelFile } = target;
  const files = await auditStep("files", () => checkFiles(target));
  if (manifest.weightCommitment !== undefined) return [files, await privateCircuit(target)];
  const folder = await mkdtemp(join(tmpdir(), "torch2circom-audit-"));
  try {
    const program = await auditStep("circuit", async () => {
      ensure(
        modelFile !== undefined,
        `the model file ${manifest.model.file} is not here: give it with --model`,
      );
      const recipe = await readRecipe(paths.recipe);
      try {
        compare(target, await rebuild({ modelFile, recipe, folder, cacheDir }));
      } catch (error) {
        throw new Error(`${(error as Error).message}${describeVersions(target, recipe)}`, { cause: error });
      }
      const made = `${basename(modelFile)} (sha256 ${manifest.model.sha256}) and recipe give the same`;
      return `${made} program and constraints. Accuracy is the provider's word`;
    });
    if (program.state === "failed" || !compile) return [files, program];
    return [files, program, ...(await compileAll(target, folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What can be said where weights are private: that the build says so everywhere. */
async function privateCircuit({ paths, manifest }: AuditTarget): Promise<AuditStep> {
  const recipe = await auditStep("circuit", async () => {
    const { weights } = await readRecipe(paths.recipe);
    ensure(weights === "private", "the manifest has private weights, the recipe public ones");
    ensure(
      BigInt(manifest.weightCommitment!) < FIELD_ORDER,
      "the commitment to the weights is no number of the field",
    );
    return "";
  });
  if (recipe.state === "failed") return recipe;
  const why = "the weights are private, so that only the provider can make program and circuit again";
  return skipped("circuit", `${why}: that the key is the model's is the provider's word`);
}

/** Another version can make another program of the same recipe: no fraud, but nothing is shown either. */
function describeVersions({ manifest }: AuditTarget, { version }: Recipe): string {
  const theirs: Record<string, string> = { ...manifest.ceremony.tools, torch2circom: version };
  const ours = { torch2circom: packageVersion(), ...toolVersions() };
  const others = Object.entries(ours).filter(([tool, own]) => theirs[tool] !== own);
  if (others.length === 0) return "";
  const list = others.map(([tool, own]) => `${tool} ${theirs[tool] ?? "of no version"} (here ${own})`);
  return `. It was built by ${list.join(", ")}: audit with these versions before you conclude anything`;
}

/** Compares all that a manifest says of program and circuits, of the numbers at their ends too. */
function compare({ manifest }: AuditTarget, rebuilt: Rebuilt): void {
  const isSame = rebuilt.modelHash === manifest.model.sha256 && rebuilt.format === manifest.model.format;
  ensure(isSame, "the model file is not the one that the manifest names");
  const pairs = [
    { name: manifest.name, ours: rebuilt.hashes, theirs: manifest.hashes },
    ...(manifest.batches ?? []).map(({ jobs, hashes }) => ({
      name: `the circuit of ${jobs} jobs`,
      ours: rebuilt.batches.find((batch) => batch.jobs === jobs)?.hashes,
      theirs: hashes,
    })),
    ...(manifest.segments ?? []).map(({ hashes }, i) => ({
      name: `segment ${i + 1}`,
      ours: rebuilt.segments[i]?.hashes,
      theirs: hashes,
    })),
  ];
  for (const { name, ours, theirs } of pairs) {
    ensure(ours !== undefined, `the recipe has no circuit for ${name}`);
    for (const [what, hash] of Object.entries(ours))
      ensure(theirs[what] === hash, `${what} of ${name} is another than model file and recipe give`);
  }
  ensure(
    rebuilt.batches.length === (manifest.batches ?? []).length &&
      rebuilt.segments.length === (manifest.segments ?? []).length,
    "the recipe has more circuits than the manifest",
  );
  for (const [what, own] of Object.entries(rebuilt.description))
    ensure(
      canonicalJson(own) === canonicalJson(manifest[what as keyof Rebuilt["description"]]),
      `${what} in the manifest is another than model file and recipe give`,
    );
}

/** Compiles the circuits whole with circom, and compares their constraints with the linked ones. */
async function compileAll({ paths, circuits }: AuditTarget, folder: string): Promise<AuditStep[]> {
  const steps: AuditStep[] = [];
  for (const circuit of circuits) {
    const own = pathsIn(circuit.folder.replace(paths.folder, folder));
    steps.push(await compileOne(`circom on the whole of ${circuit.name}`, own.circuit, own.r1cs, own.folder));
  }
  return steps;
}

async function compileOne(name: string, main: string, r1cs: string, folder: string): Promise<AuditStep> {
  let isTooLarge = false;
  const step = await auditStep(name, async () => {
    const linked = readR1cs(r1cs);
    const found = await compareWithCircom(linked, main, join(folder, ".whole"));
    isTooLarge = found === undefined;
    ensure(
      found?.difference === undefined,
      "the linked constraints are not those that circom makes of the circuit",
    );
    return `${linked.constraints.toLocaleString("en")} constraints, the same as circom's`;
  });
  return isTooLarge ? skipped(name, "circom ran out of memory on it") : step;
}
