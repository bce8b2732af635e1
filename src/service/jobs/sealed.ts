import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { hashOf } from "../../artifacts/hash.js";
import { writePrivate } from "../../artifacts/writeFile.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** Holds the key where several machines share a database. */
const VARIABLE = "TORCH2CIRCOM_INPUT_KEY";
const FILE = "input.key";
const ALGORITHM = "aes-256-gcm";

/** Bytes before the sealed text: id of the key, nonce, tag. */
const [ID, NONCE, TAG] = [4, 12, 16];
const KEY = 32;

/**
 * The key under which inputs wait in the database, as AES-256-GCM. A sealed input can be opened with this key and for its job
 * only. Nonces are random: a key is good for 2^32 inputs.
 */
export class InputKey {
  /** Tells keys apart, and nothing of the key. */
  private readonly id: Buffer;

  /** @param key 32 bytes */
  constructor(private readonly key: Buffer) {
    const hash = hashOf(Buffer.concat([Buffer.from("torch2circom input key"), key]));
    this.id = Buffer.from(hash, "hex").subarray(0, ID);
  }

  /**
   * The key of the environment variable `TORCH2CIRCOM_INPUT_KEY`.
   *
   * @param environment where the variable is looked for
   * @returns undefined where it is not set
   * @throws Torch2CircomError where it is none
   */
  static given(environment: NodeJS.ProcessEnv): InputKey | undefined {
    const text = environment[VARIABLE];
    return text === undefined ? undefined : InputKey.parse(text, VARIABLE);
  }

  /**
   * The key of a folder.
   *
   * @returns undefined where it has none
   * @throws Torch2CircomError where it is none, or others can read it
   */
  static async read(folder: string): Promise<InputKey | undefined> {
    const path = join(folder, FILE);
    const status = await stat(path).catch(() => undefined);
    if (status === undefined) return undefined;
    if (process.platform !== "win32" && (status.mode & 0o077) !== 0)
      throw unusable(`${path} can be read by other users`, `Give it to yourself alone: chmod 600 ${path}`);
    return InputKey.parse((await readFile(path, "utf8")).trim(), path);
  }

  /** The key of a folder, in which it is made if it is not there; see {@link read}. */
  static async load(folder: string): Promise<InputKey> {
    await new InputKey(randomBytes(KEY)).keep(folder);
    return (await InputKey.read(folder))!;
  }

  /** @param text 64 hexadecimal digits */
  static parse(text: string, place: string): InputKey {
    if (/^[0-9a-f]{64}$/i.test(text)) return new InputKey(Buffer.from(text, "hex"));
    throw unusable(`${place} does not hold a key`, "A key is 64 hexadecimal digits: openssl rand -hex 32");
  }

  /** In hexadecimal. */
  get text(): string {
    return this.key.toString("hex");
  }

  /** Writes it into a folder, unless that has one. */
  async keep(folder: string): Promise<void> {
    await writePrivate(join(folder, FILE), `${this.text}\n`, "keep").catch((error: Error) => {
      if ((error.cause as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }

  /** @param job its id */
  seal(job: string, text: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG });
    cipher.setAAD(this.associated(job));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([this.id, nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Torch2CircomError if an input was sealed with another key */
  requireOwn(job: string, sealed: Uint8Array): void {
    if (this.id.equals(sealed.subarray(0, ID))) return;
    throw unusable(
      `The input of job ${job} was sealed with another key`,
      `Use the key with which the service runs: ${VARIABLE}, or ${FILE} in the service's folder.`,
    );
  }

  /** @throws Torch2CircomError if it was sealed with another key or for another job, or has changed */
  open(job: string, sealed: Uint8Array): string {
    this.requireOwn(job, sealed);
    const start = ID + NONCE + TAG;
    try {
      const nonce = sealed.subarray(ID, ID + NONCE);
      const decipher = createDecipheriv(ALGORITHM, this.key, nonce, { authTagLength: TAG });
      decipher.setAAD(this.associated(job));
      decipher.setAuthTag(sealed.subarray(ID + NONCE, start));
      return Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()]).toString("utf8");
    } catch {
      throw new Torch2CircomError(
        "JOB_DAMAGED",
        `The input of job ${job} is not the one that was sealed`,
        "Restore the database from a backup, or ask the client for the input again.",
      );
    }
  }

  /**
   * What a client shows to read its job. Nobody else can make it, and nothing of it is kept.
   *
   * @param job its id
   * @returns 32 bytes, in hexadecimal
   */
  ticketOf(job: string): string {
    return createHmac("sha256", this.key).update(`ticket of ${job}`).digest("hex");
  }

  /** Whether a ticket is that of a job. @param ticket as somebody gave it */
  isTicketOf(job: string, ticket: string): boolean {
    const [own, given] = [Buffer.from(this.ticketOf(job)), Buffer.from(ticket)];
    return own.length === given.length && timingSafeEqual(own, given);
  }

  private associated(job: string): Buffer {
    return Buffer.concat([this.id, Buffer.from(job)]);
  }
}

function unusable(problem: string, remedy: string): Torch2CircomError {
  return new Torch2CircomError("KEY_INVALID", problem, remedy);
}
