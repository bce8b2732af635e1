import { open, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { readCeremony, transcriptPath } from "../folder.js";
import { HttpError } from "../../errors/httpError.js";

/** Sends a ceremony's key, or a range from a byte on to its end, as downloads ask for that were interrupted. */
export async function sendKey(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
): Promise<void> {
  const { file, hash } = await openKey(folder);
  try {
    const { size } = await file.stat();
    const etag = `"${hash}"`;
    const start = rangeStart(request, etag);
    if (start >= size && size > 0)
      throw new HttpError(416, `The key has ${size} bytes`, "Download it from its beginning.");
    response.writeHead(start === 0 ? 200 : 206, {
      ...{ etag, "content-type": "application/octet-stream", "accept-ranges": "bytes" },
      // An address has another key after each contribution.
      ...{ "content-length": size - start, "cache-control": "no-store" },
      ...(start > 0 && { "content-range": `bytes ${start}-${size - 1}/${size}` }),
    });
    await pipeline(file.createReadStream({ start, autoClose: false }), response);
  } finally {
    await file.close();
  }
}

/** The last key, opened. Another contribution may remove it between two steps; an open file stays. */
async function openKey(folder: string) {
  for (let attempt = 1; ; attempt++) {
    const { key, transcript } = await readCeremony(folder);
    try {
      return { file: await open(key, "r"), hash: transcript.key };
    } catch (error) {
      if (attempt === 3 || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

function rangeStart({ headers }: IncomingMessage, etag: string): number {
  const [, start] = /^bytes=(\d{1,15})-$/.exec(headers.range ?? "") ?? [];
  return start === undefined || headers["if-range"] !== etag ? 0 : Number(start);
}

export async function sendTranscript(response: ServerResponse, folder: string): Promise<void> {
  const text = await readFile(transcriptPath(folder));
  // A line that is being written is not one yet.
  send(response, "application/jsonl", text.subarray(0, text.lastIndexOf("\n") + 1));
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, "application/json", Buffer.from(JSON.stringify(value)), status);
}

function send(response: ServerResponse, type: string, body: Buffer, status = 200): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": body.length,
    "cache-control": "no-store",
  });
  response.end(body);
}
