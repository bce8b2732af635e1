import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readFile, rename, rm, statfs, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileHashes } from "../artifacts/hash.js";
import { isDiskFull, notWritable, writeWhole } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** What is known of the file that a part is of. */
interface Origin {
  readonly url: string;
  /** An ETag or a date, by which the server says whether its file is still the same. */
  readonly validator?: string;
  /** Bytes of the whole file, where the server says so. */
  readonly total?: number;
}

const UNKNOWN: Origin = { url: "" };

/** How much of a part is read at once to hash it. */
const CHUNK = 2 ** 20;

/** The beginning of a file that is being downloaded, on the disk, with the hashes of what is there. */
export class Part {
  private hashes = newHashes();
  private bytes = 0;
  private known = UNKNOWN;

  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * The part that an earlier download has left in the folder, or an empty one.
   *
   * @param folder to be locked by the caller
   * @param url that the whole file is fetched from; a part from elsewhere is not continued
   */
  static async open(folder: string, url: string): Promise<Part> {
    try {
      await mkdir(folder, { recursive: true });
      const part = new Part(folder, await open(join(folder, "part"), constants.O_RDWR | constants.O_CREAT));
      const known = await readOrigin(join(folder, "origin.json"));
      if (known.url === url && known.validator !== undefined) await part.readBack(known);
      else await part.restart();
      return part;
    } catch (error) {
      throw notWritable(folder, error as Error);
    }
  }

  /** Bytes that are there. */
  get size(): number {
    return this.bytes;
  }

  get origin(): Origin {
    return this.known;
  }

  /** Whether nothing is missing, as far as the server has said how much there is. */
  get isWhole(): boolean {
    return this.known.total === this.bytes;
  }

  /** Keeps what is known of the file, so that another process can go on. */
  async remember(origin: Origin): Promise<void> {
    this.known = origin;
    await writeWhole(join(this.folder, "origin.json"), JSON.stringify(origin));
  }

  /** Bytes that the disk still takes. */
  async room(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** @throws Torch2CircomError if the disk is full */
  async append(chunk: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await this.file.write(chunk, at, chunk.length - at, this.bytes + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw this.unwritten(error as NodeJS.ErrnoException);
    }
    this.bytes += chunk.length;
    for (const hash of Object.values(this.hashes)) hash.update(chunk);
  }

  /** Forgets all that is there. */
  async restart(): Promise<void> {
    // Not of an empty file, which may be none that can be cut.
    if ((await this.file.stat()).size > 0) await this.file.truncate(0);
    this.hashes = newHashes();
    this.bytes = 0;
    this.known = UNKNOWN;
  }

  /** Hashes of all bytes. The part takes no more bytes then. */
  digest(): FileHashes {
    return { sha256: this.hashes.sha256.digest("hex"), blake2b512: this.hashes.blake2b512.digest("hex") };
  }

  /** Gives the part its name as a whole file. @param path on the same disk */
  async keepAs(path: string): Promise<void> {
    try {
      await this.file.sync();
      await mkdir(dirname(path), { recursive: true });
      await rename(join(this.folder, "part"), path);
      await rm(join(this.folder, "origin.json"), { force: true });
    } catch (error) {
      throw this.unwritten(error as NodeJS.ErrnoException);
    }
  }

  async discard(): Promise<void> {
    for (const file of ["part", "origin.json"]) await rm(join(this.folder, file), { force: true });
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async readBack(known: Origin): Promise<void> {
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead } = await this.file.read(buffer, 0, CHUNK, this.bytes);
      if (bytesRead === 0) break;
      this.bytes += bytesRead;
      for (const hash of Object.values(this.hashes)) hash.update(buffer.subarray(0, bytesRead));
    }
    this.known = known;
    // More than the whole: whatever it is, it is not the file's beginning.
    if (known.total !== undefined && this.bytes > known.total) await this.restart();
  }

  private unwritten(error: Error): Torch2CircomError {
    return isDiskFull(error) ? diskFull(this.folder, error) : notWritable(this.folder, error);
  }
}

/** @param needed bytes that are still to come, where that is known */
export function diskFull(folder: string, cause?: Error, needed?: number): Torch2CircomError {
  const more = needed === undefined ? "" : `: ${needed.toLocaleString("en")} bytes are still to come`;
  return new Torch2CircomError(
    "DISK_FULL",
    `The disk has no room for a download into ${folder}${more}`,
    "Free some space, or choose another cacheDir, and start again: the download goes on where it stopped.",
    cause,
  );
}

function newHashes(): Record<keyof FileHashes, Hash> {
  return { sha256: createHash("sha256"), blake2b512: createHash("blake2b512") };
}

/** Nothing is known if the record cannot be read: the download begins anew. */
async function readOrigin(path: string): Promise<Origin> {
  try {
    const { url, validator, total } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    return {
      url: String(url),
      ...(typeof validator === "string" && { validator }),
      ...(Number.isSafeInteger(total) && { total: total as number }),
    };
  } catch {
    return UNKNOWN;
  }
}
