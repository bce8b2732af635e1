import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileState, type FileHashes } from "../artifacts/hash.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import type { Trouble } from "../download/download.js";
import { downloadOnce } from "../download/downloadOnce.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { SNARKJS_THREAD } from "../groth16/snarkjsLog.js";
import { inStage, type Progress } from "../progress/progress.js";
import { runInThread } from "../progress/thread.js";
import { requirePowersOfTau } from "./header.js";
import { KnownFiles } from "./known.js";
import { locate, type Located } from "./locate.js";
import type { PowersOfTau, PtauSource } from "./source.js";

export interface ObtainParameters {
  readonly source: PtauSource;
  /** Constraints and public signals of the largest circuit that the file is to serve. */
  readonly size: number;
  /** Folder of the cache that all builds of a machine share: files are in its folder `ptau`. */
  readonly cacheDir: string;
  /** How much trouble a download bears. */
  readonly trouble?: Trouble;
}

/**
 * The powers of tau of a source: downloaded if they are not there, and checked. A file must have the hash that somebody
 * vouches for; without one, its powers are verified. Both are done once for each file on a machine.
 *
 * @param progress shows which file it is, before anything long begins
 * @throws Torch2CircomError if there is no such file, it cannot be downloaded, or it cannot make the circuits' keys
 */
export async function obtainPowersOfTau(
  { source, size, cacheDir, trouble }: ObtainParameters,
  progress: Progress,
): Promise<PowersOfTau> {
  const folder = join(cacheDir, "ptau");
  const located = locate(source, size, folder);
  const known = new KnownFiles(folder);
  if (located.remote !== undefined && !existsSync(located.path))
    await fetchFile(located, known, { folder, trouble }, progress);
  const { path, expected } = located;
  const { power } = await requirePowersOfTau(path, size);
  progress.note(`Powers of tau: 2^${power}, ${megabytes((await stat(path)).size)}: ${path}`);
  const state = await fileState(path);
  const hashes = await hashesOf(path, known, progress);
  if (expected !== undefined && hashes[expected.algorithm] !== expected.digest)
    throw wrongHash(located, hashes);
  if (expected === undefined) await verifyOnce(path, hashes.sha256, known, progress);
  return { path, power, ...hashes, state };
}

/** Hashes of a file, in a stage of its own if they are not known. */
async function hashesOf(path: string, known: KnownFiles, progress: Progress): Promise<FileHashes> {
  if (await known.knows(path)) return known.hashes(path);
  return inStage(progress, `Hash ${basename(path)}`, (onProgress) => known.hashes(path, onProgress));
}

async function fetchFile(
  { path, expected, remote }: Located,
  known: KnownFiles,
  { folder, trouble }: { readonly folder: string; readonly trouble?: Trouble },
  progress: Progress,
): Promise<void> {
  const { url, mostBytes } = remote!;
  const name = basename(path);
  progress.note(`Powers of tau: ${url}, to be kept at ${path}`);
  const hashes = await inStage(
    progress,
    `Download ${name}`,
    (onProgress) =>
      downloadOnce({
        ...trouble,
        url,
        path,
        mostBytes,
        expected: expected!,
        folder: join(folder, "unfinished", name),
        onProgress: (done, total) => onProgress(done / (total ?? mostBytes)),
      }),
    (fetched) => (fetched === undefined ? "by another process" : "its hash is right"),
  );
  if (hashes !== undefined) await known.keepHashes(path, hashes);
}

async function verifyOnce(
  path: string,
  sha256: string,
  known: KnownFiles,
  progress: Progress,
): Promise<void> {
  const verifier = `snarkjs ${toolVersions()["snarkjs"]}`;
  if (await known.isVerified(sha256, verifier)) return;
  await inStage(progress, "Verify the powers of tau, once for this file", (onProgress) =>
    runInThread<null, number>(new URL("./verifyThread.js", import.meta.url), path, {
      ...SNARKJS_THREAD,
      onReport: onProgress,
    }),
  );
  await known.keepVerified(sha256, verifier);
}

function wrongHash({ path, expected, remote }: Located, hashes: FileHashes): Torch2CircomError {
  const { algorithm, digest } = expected!;
  return new Torch2CircomError(
    "PTAU_INVALID",
    `The powers of tau ${path} have the ${algorithm} ${hashes[algorithm]}, not ${digest}`,
    remote === undefined
      ? "Download the file again, or correct the sha256 if it is the file that you trust."
      : "Delete the file: the next build downloads it again.",
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
}
