import { setTimeout as wait } from "node:timers/promises";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { diskFull, type Part } from "./part.js";

/** What another attempt may mend: a connection that breaks off, a server that is busy. */
export class Interrupted extends Error {}

/** What another attempt would not mend. */
export class Refused extends Error {}

/** The file is not the one that was asked for, whatever part of it is there. */
export class Foreign extends Error {}

export interface TransferParameters {
  readonly url: string;
  /** The file cannot be larger, in bytes. */
  readonly mostBytes: number;
  /** Milliseconds without a byte after which the server is given up. */
  readonly idle: number;
  /** @param total bytes of the whole file; undefined where the server does not say */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

/** Status codes that another attempt may mend: too slow, too early, too many requests. */
const BUSY = [408, 425, 429];

/**
 * Fetches what a part lacks, once.
 *
 * @throws Interrupted, Refused or Foreign, as the server behaves
 * @throws Torch2CircomError if the disk is full
 */
export async function transfer(part: Part, parameters: TransferParameters): Promise<void> {
  const { url, idle } = parameters;
  const patience = new Patience(idle);
  try {
    const response = await fetch(url, { headers: rangeOf(part), signal: patience.signal });
    await accept(part, response, parameters);
    for await (const chunk of response.body ?? []) {
      // A slow disk is not the server's fault.
      patience.pause();
      await append(part, chunk as Uint8Array, parameters);
      patience.start();
    }
  } catch (error) {
    if (error instanceof Torch2CircomError || isVerdict(error)) throw error;
    throw new Interrupted(patience.isOver ? `nothing came for ${idle / 1000} s` : describe(error), {
      cause: error,
    });
  } finally {
    patience.pause();
  }
  const { total } = part.origin;
  if (total !== undefined && part.size < total)
    throw new Interrupted(`the connection ended after ${part.size} of ${total} bytes`);
}

/** Waits longer after each failure: 1 s, 2 s, 4 s, up to half a minute. */
export async function backOff(failures: number): Promise<void> {
  await wait(Math.min(30_000, 1000 * 2 ** (failures - 1)));
}

/** A compressed answer would have bytes that no range counts. */
function rangeOf({ size, origin }: Part): Record<string, string> {
  const range =
    size > 0 && origin.validator !== undefined
      ? { range: `bytes=${size}-`, "if-range": origin.validator }
      : undefined;
  return { "accept-encoding": "identity", ...range };
}

/** Makes the part ready for the body that follows. */
async function accept(part: Part, response: Response, { url, mostBytes }: TransferParameters): Promise<void> {
  const { status, headers } = response;
  if (status === 416) {
    await part.restart();
    throw new Interrupted("the server has no more bytes than are here");
  }
  if (status >= 500 || BUSY.includes(status)) throw new Interrupted(`the server answers ${status}`);
  if (status !== 200 && status !== 206) throw new Refused(`the server answers ${status}`);
  const [start, total] = status === 206 ? contentRange(headers) : [0, contentLength(headers)];
  // A server that knows no ranges, or whose file is another by now, sends all of it.
  if (start === 0 && part.size > 0) await part.restart();
  if (start !== part.size) {
    await part.restart();
    throw new Interrupted(`the server sends bytes from ${start} on, which were not asked for`);
  }
  if (total !== undefined && total > mostBytes)
    throw new Foreign(`it has ${total} bytes, and the file cannot have more than ${mostBytes}`);
  await part.remember({ url, validator: validatorOf(headers), total });
  const missing = (total ?? 0) - part.size;
  if (missing > (await part.room())) throw diskFull(url, undefined, missing);
}

async function append(
  part: Part,
  chunk: Uint8Array,
  { mostBytes, onProgress }: TransferParameters,
): Promise<void> {
  const { total } = part.origin;
  if (part.size + chunk.length > (total ?? mostBytes))
    throw new Foreign(
      `it has more than the ${total ?? mostBytes} bytes that ${total === undefined ? "the file can have" : "were announced"}`,
    );
  await part.append(chunk);
  onProgress?.(part.size, total);
}

/** A strong ETag, or else the date of the last change: what `If-Range` takes. */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  return (tag?.startsWith('"') ? tag : headers.get("last-modified")) ?? undefined;
}

function contentRange(headers: Headers): [start: number, total: number | undefined] {
  const [, start, total] =
    /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (start === undefined) throw new Refused("the server does not say which bytes it sends");
  return [Number(start), total === "*" ? undefined : Number(total)];
}

function contentLength(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function isVerdict(error: unknown): boolean {
  return error instanceof Interrupted || error instanceof Refused || error instanceof Foreign;
}

/** What `fetch` failed at: it says no more than "fetch failed" itself. */
function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

/** Ends a request when nothing has come for too long. */
class Patience {
  private readonly controller = new AbortController();
  private timer?: NodeJS.Timeout;

  constructor(private readonly idle: number) {
    this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  start(): void {
    this.timer = setTimeout(() => this.controller.abort(), this.idle);
  }

  pause(): void {
    clearTimeout(this.timer);
  }
}
