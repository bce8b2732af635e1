import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import type { Manifest } from "../artifacts/manifest.js";
import type { KeyedCircuit } from "../ceremony/circuits.js";
import { BATCH_FILES } from "../pipeline/batches.js";
import { PROGRAM_FILES } from "../pipeline/makeManifest.js";
import { CIRCUIT_FILES } from "../pipeline/provable.js";
import { SEGMENT_FILES } from "../pipeline/segments.js";
import { ensure } from "./steps.js";
import type { AuditTarget } from "./target.js";

/** Files in one folder: by what they are, their names and what their sha256 has to be. */
interface Listed {
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * That all files of a build are there and are those of its manifest, which everything else is compared with. Which files
 * these are, the package says and not the manifest: one that the manifest leaves out would be used and never compared.
 */
export async function checkFiles({ paths, manifest, circuits }: AuditTarget): Promise<string> {
  let count = 0;
  for (const { folder, files, hashes } of listed({ paths, manifest, circuits })) {
    const place = relative(paths.folder, folder);
    const names = (record: object) => Object.keys(record).sort().join(", ");
    ensure(
      names(hashes) === names(files),
      `the manifest does not list the files of ${place === "" ? "a build" : place}: ${names(files)}`,
    );
    for (const [what, file] of Object.entries(files)) {
      const path = join(folder, file);
      const shown = relative(paths.folder, path);
      // Of what is no file, reading could go on for ever.
      const isFile = await stat(path).then(
        (found) => found.isFile(),
        () => false,
      );
      ensure(isFile, `${shown} is missing`);
      ensure((await hashFile(path)) === hashes[what], `${shown} is not the file that the manifest names`);
      count++;
    }
  }
  // What keys are verified against.
  for (const { name, manifest: own } of circuits)
    ensure(own.hashes["r1cs"] === own.ceremony.circuitHash, `the setup of ${name} is of another circuit`);
  return `${count} files have the hashes of the manifest`;
}

/** The files of all folders of a build, by the package and not by its manifest. */
export function listed({
  paths,
  manifest,
  circuits,
}: Pick<AuditTarget, "paths" | "manifest" | "circuits">): Listed[] {
  const isCut = manifest.segments !== undefined;
  const files = isCut ? PROGRAM_FILES : { ...PROGRAM_FILES, ...CIRCUIT_FILES };
  requireNames(manifest, files);
  const others = circuits.filter(({ folder }) => folder !== paths.folder);
  return [
    { folder: paths.folder, files, hashes: manifest.hashes },
    ...others.map(({ folder, manifest: own }: KeyedCircuit) => ({
      folder,
      files: isCut ? SEGMENT_FILES : BATCH_FILES,
      hashes: own.hashes,
    })),
  ];
}

function requireNames({ files }: Manifest, own: Readonly<Record<string, string>>): void {
  const wrong = Object.entries(own).find(([what, file]) => files[what] !== file);
  ensure(wrong === undefined, `the manifest does not name ${wrong?.[1] ?? "a file"}`);
}
