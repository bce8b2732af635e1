import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, posix, relative, sep } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { extract, pack } from "tar-stream";
import { hashFile } from "../artifacts/hash.js";
import { isDiskFull, notWritable } from "../artifacts/writeFile.js";
import { hasCeremony, transcriptPath } from "../ceremony/folder.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { listed } from "./files.js";
import { bundledModel, type AuditTarget } from "./target.js";

/** Names that a bundle can have: nothing leads out of the folder that it is unpacked into. */
const NAME =
  /^(?:(?:batch|segment)-\d{1,4}\/)?[a-zA-Z_]+\.(?:json|circom|r1cs|witness|zkey)$|^model\/model\.(?:pt2|onnx)$|^ceremony\/[A-Za-z][A-Za-z0-9_-]{0,80}\/transcript\.jsonl$/;

/** Points of keys do not compress, and texts ten times: whatever does more is an attempt to fill the disk. */
const MOST_RATIO = 50;
const SMALL = 2 ** 24;
const MOST_FILES = 2_000;

export interface BundleReturnType {
  readonly path: string;
  /** sha256 of the bundle, for the `uri` of a registration. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Writes all that an audit of a build needs into one archive, byte for byte the same for the same files.
 *
 * @param target a build with its model file, which is left out where the weights are private
 * @param path of the archive, `.tgz`
 */
export async function writeBundle(target: AuditTarget, path: string): Promise<BundleReturnType> {
  const unfinished = `${path}.part`;
  const archive = pack();
  try {
    await mkdir(dirname(path), { recursive: true });
    const written = pipeline(archive, createGzip(), createWriteStream(unfinished));
    const filled = (async () => {
      for (const [name, file] of filesOf(target)) {
        const { size } = await stat(file);
        // Neither owner nor time: nobody needs them, and they would make each bundle another.
        const entry = archive.entry({ name, size, mode: 0o644, mtime: new Date(0) });
        await pipeline(createReadStream(file), entry);
      }
      archive.finalize();
    })();
    await Promise.all([written, filled]);
    await rename(unfinished, path);
  } catch (error) {
    archive.destroy();
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw notWritable(path, error as Error);
  }
  return { path, sha256: await hashFile(path), bytes: (await stat(path)).size };
}

/** sha256 of the manifest of a bundle, which is its first file; undefined where that is another, or it is no bundle. */
export async function bundledManifest(path: string): Promise<string | undefined> {
  const archive = extract();
  const source = createReadStream(path);
  const filled = pipeline(source, createGunzip(), archive).catch(() => archive.destroy());
  try {
    for await (const entry of archive) {
      const { name, size = Infinity } = entry.header;
      if (name !== "manifest.json" || size > SMALL) return undefined;
      const hash = createHash("sha256");
      for await (const chunk of entry) hash.update(chunk as Buffer);
      return hash.digest("hex");
    }
  } catch {
    // Said by its absence: it is not an archive.
  } finally {
    source.destroy();
    archive.destroy();
    await filled;
  }
  return undefined;
}

/** The files of a bundle, by their names in it: those of the manifest, which private weights are none of. */
function filesOf(target: AuditTarget): [string, string][] {
  const { paths, manifest, circuits, modelFile } = target;
  const ceremonies = circuits.filter(({ ceremony }) => hasCeremony(ceremony));
  const files = [
    paths.manifest,
    ...listed(target).flatMap(({ folder, files: own }) =>
      Object.values(own).map((file) => join(folder, file)),
    ),
    ...ceremonies.map(({ ceremony }) => transcriptPath(ceremony)),
  ].filter((file) => existsSync(file));
  const named = files.map((file): [string, string] => [posixOf(relative(paths.folder, file)), file]);
  const isShown = manifest.weightCommitment === undefined && modelFile !== undefined;
  return isShown ? [...named, [posixOf(bundledModel(manifest)), modelFile]] : named;
}

function posixOf(path: string): string {
  return path.split(sep).join(posix.sep);
}

/**
 * Unpacks a bundle, which may come from anybody: only files of a build are taken, none outside the folder, none too large.
 *
 * @param folder an empty one
 * @returns sha256 of the bundle that was unpacked
 * @throws Torch2CircomError if it is not a bundle, or the disk has no room for it
 */
export async function unpackBundle(path: string, folder: string): Promise<string> {
  const refuse = (why: string, cause?: Error) =>
    new Torch2CircomError(
      "FILE_DAMAGED",
      `${path} is not a bundle of a build: ${why}`,
      "Get it again from who published it, and compare its sha256.",
      cause,
    );
  const archive = extract();
  let files = 0;
  const unpacked = (async () => {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      files++;
      if (type !== "file" || !NAME.test(name))
        throw refuse(`it has ${JSON.stringify(name.slice(0, 200))} (${type ?? "unknown"})`);
      if (files > MOST_FILES) throw refuse("it has more files than a build has");
      const target = join(folder, ...name.split("/"));
      await mkdir(dirname(target), { recursive: true });
      await pipeline(entry, createWriteStream(target, { flags: "wx" }));
    }
  })();
  const hash = createHash("sha256");
  const compressed = createReadStream(path).on("data", (chunk) => hash.update(chunk));
  const bounded = bound(
    () => compressed.bytesRead,
    () => refuse("it unpacks to far more than a build has"),
  );
  try {
    await Promise.all([pipeline(compressed, createGunzip(), bounded, archive), unpacked]);
  } catch (error) {
    if (error instanceof Torch2CircomError) throw error;
    if (isDiskFull(error)) throw notWritable(folder, error);
    throw refuse((error as Error).message, error as Error);
  }
  if (!existsSync(join(folder, "manifest.json"))) throw refuse("it has no manifest");
  return hash.digest("hex");
}

/** Lets bytes through as long as they are not far more than those that they were unpacked from. */
function bound(compressed: () => number, refuse: () => Error): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > SMALL + MOST_RATIO * compressed()) done(refuse());
      else done(null, chunk);
    },
  });
}
