import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { fileState, hashesOf, hashOf, type FileHashes } from "../artifacts/hash.js";
import { writeWhole } from "../artifacts/writeFile.js";

const digits = (count: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${count}}$`)));
const hashesForm = v.strictObject({ state: v.string(), sha256: digits(64), blake2b512: digits(128) });
const verifiedForm = v.strictObject({ sha256: digits(64), verifier: v.string() });

/**
 * What this machine has found out about large files, so that it is found out once: hashes of a file as long as nobody writes
 * to it, and which files hold true powers of tau. It lies in the cache, and is no more than that: what cannot be read or
 * written is found out again.
 */
export class KnownFiles {
  /** @param folder of the powers of tau in the cache */
  constructor(private readonly folder: string) {}

  /** Whether {@link hashes} takes no time. */
  async knows(path: string): Promise<boolean> {
    return (await read(this.hashesFile(path), hashesForm))?.state === (await fileState(path));
  }

  /** @param onProgress gets the fraction that is hashed; never called for a file that is known */
  async hashes(path: string, onProgress?: (fraction: number) => void): Promise<FileHashes> {
    const state = await fileState(path);
    const known = await read(this.hashesFile(path), hashesForm);
    if (known?.state === state) return { sha256: known.sha256, blake2b512: known.blake2b512 };
    const hashes = await hashesOf(path, onProgress);
    // Of a file that is being written, only those of its end are worth keeping.
    if ((await fileState(path)) === state) await this.keepHashes(path, hashes);
    return hashes;
  }

  /** Keeps hashes that are known already: of a file that was hashed on its way. */
  async keepHashes(path: string, hashes: FileHashes): Promise<void> {
    await keep(this.hashesFile(path), { state: await fileState(path), ...hashes });
  }

  /** @param verifier what verifies, with its version: another may find what this one does not */
  async isVerified(sha256: string, verifier: string): Promise<boolean> {
    const known = await read(this.verifiedFile(sha256), verifiedForm);
    return known?.sha256 === sha256 && known.verifier === verifier;
  }

  async keepVerified(sha256: string, verifier: string): Promise<void> {
    await keep(this.verifiedFile(sha256), { sha256, verifier });
  }

  private hashesFile(path: string): string {
    return join(this.folder, "hashes", `${hashOf(resolve(path))}.json`);
  }

  private verifiedFile(sha256: string): string {
    return join(this.folder, "verified", `${sha256}.json`);
  }
}

async function read<Form extends v.GenericSchema>(
  path: string,
  form: Form,
): Promise<v.InferOutput<Form> | undefined> {
  try {
    return v.parse(form, JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function keep(path: string, value: object): Promise<void> {
  await writeWhole(path, JSON.stringify(value)).catch(() => undefined);
}
