import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { pathsIn } from "../artifacts/paths.js";
import { readRecipe } from "../artifacts/recipe.js";
import { compileCircom } from "../circom/compile.js";
import { readR1cs } from "../circom/r1cs.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { compareSystems } from "../link/compare.js";
import { CIRCUIT_FILES } from "../pipeline/provable.js";
import { rebuild, type Rebuilt } from "../pipeline/rebuild.js";
import { TEXT_FILES } from "../pipeline/writeCircuit.js";
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
  if (manifest.weightCommitment !== undefined)
    return [files, skipped("circuit", "the weights are private: nobody else can make the program again")];
  if (modelFile === undefined)
    return [
      files,
      skipped("circuit", `the model file ${manifest.model.file} is not here: give it with --model`),
    ];
  const folder = await mkdtemp(join(tmpdir(), "torch2circom-audit-"));
  try {
    const program = await auditStep("circuit", async () => {
      const recipe = await readRecipe(paths.recipe);
      const rebuilt = await rebuild({ modelFile, recipe, folder, cacheDir });
      compareHashes(target, rebuilt);
      return `model file and recipe give the same program and constraints: ${basename(modelFile)}`;
    });
    if (program.state === "failed" || !compile) return [files, program];
    return [files, program, ...(await compileAll(target, folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files of a circuit in its folder, by what a manifest calls them. */
const CIRCUIT_NAMES: Readonly<Record<string, string>> = {
  ...TEXT_FILES,
  ...CIRCUIT_FILES,
  segment: "segment.json",
};

/** That all files are those of the manifest, which everything else is compared with. */
async function checkFiles({ paths, manifest, circuits }: AuditTarget): Promise<string> {
  const inFolders = [
    { folder: paths.folder, files: manifest.files, hashes: manifest.hashes },
    ...circuits
      .filter(({ folder }) => folder !== paths.folder)
      .map(({ folder, manifest: { hashes } }) => ({
        folder,
        files: Object.fromEntries(Object.keys(hashes).map((what) => [what, CIRCUIT_NAMES[what] ?? what])),
        hashes,
      })),
  ];
  let count = 0;
  for (const { folder, files, hashes } of inFolders)
    for (const [what, file] of Object.entries(files)) {
      const path = join(folder, file);
      const hash = await hashFile(path).catch(() => undefined);
      ensure(hash !== undefined, `${relative(paths.folder, path)} is missing`);
      ensure(
        hash === hashes[what],
        `${relative(paths.folder, path)} is not the file that the manifest names`,
      );
      count++;
    }
  // What keys are verified against; its key's name has to be there for each circuit.
  for (const { name, manifest: own } of circuits)
    ensure(own.hashes["r1cs"] === own.ceremony.circuitHash, `the setup of ${name} is of another circuit`);
  return `${count} files have the hashes of the manifest`;
}

function compareHashes({ manifest }: AuditTarget, rebuilt: Rebuilt): void {
  ensure(
    rebuilt.modelHash === manifest.model.sha256,
    "the model file is not the one that the manifest names",
  );
  const pairs = [
    { name: manifest.name, ours: rebuilt.hashes, theirs: manifest.hashes },
    ...(manifest.batches ?? []).map(({ jobs, hashes }, i) => ({
      name: `the circuit of ${jobs} jobs`,
      ours: rebuilt.batches[i]?.hashes,
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
  const compiled = await compileCircom({ main, outDir: join(folder, ".whole") }).catch((error: unknown) => {
    if (error instanceof Torch2CircomError && error.code === "OUT_OF_MEMORY") return undefined;
    throw error;
  });
  if (compiled === undefined) return skipped(name, "circom ran out of memory on it");
  return auditStep(name, () => {
    const linked = readR1cs(r1cs);
    const { difference } = compareSystems(linked, readR1cs(compiled.r1cs));
    ensure(difference === undefined, "the linked constraints are not those that circom makes of the circuit");
    return `${linked.constraints.toLocaleString("en")} constraints, the same as circom's`;
  });
}
