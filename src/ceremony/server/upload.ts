import { createWriteStream } from "node:fs";
import { mkdir, rm, stat, statfs } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { isDiskFull } from "../../artifacts/writeFile.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { CONTRIBUTION_BYTES } from "../../phase2/contributions.js";
import type { Ceremony } from "../folder.js";
import { HttpError } from "../../errors/httpError.js";

/** Where uploads lie until they are verified, in a ceremony's folder. */
export function uploadFolder(folder: string): string {
  return join(folder, ".upload");
}

/**
 * The announced length of an upload, before any of it is read.
 *
 * @throws HttpError unless it is the key's with one contribution more
 */
export async function requireLength(request: IncomingMessage, { key }: Ceremony): Promise<number> {
  const announced = request.headers["content-length"];
  if (announced === undefined || !/^\d{1,18}$/.test(announced))
    throw new HttpError(411, "The length of the upload is not announced", "Send it in Content-Length.");
  const { size } = await stat(key);
  const { least, most } = CONTRIBUTION_BYTES;
  const [length, low, high] = [Number(announced), size + least, size + most];
  const again = "Contribute to the ceremony's last key, and upload what comes of it.";
  const says = `The upload has ${length} bytes, and the key with one contribution more has ${low} to ${high}`;
  if (length > high) throw new HttpError(413, says, again, "CEREMONY_INVALID");
  if (length < low) throw new HttpError(422, says, again, "CEREMONY_INVALID");
  return length;
}

/** Stores an upload in a file of its own. @param length as announced @param signal that its time is over */
export async function storeUpload(
  request: IncomingMessage,
  { folder }: Ceremony,
  length: number,
  signal: AbortSignal,
): Promise<string> {
  const own = uploadFolder(folder);
  const path = join(own, "next.zkey");
  try {
    await mkdir(own, { recursive: true });
    const { bavail, bsize } = await statfs(own);
    // Once more where it is verified.
    if (bavail * bsize < 2 * length) throw diskFull();
    await pipeline(request, createWriteStream(path), { signal });
    const { size } = await stat(path);
    if (size !== length) throw truncated(size, length);
    // Nothing comes or goes while it is verified.
    request.setTimeout(0);
    return path;
  } catch (error) {
    await rm(own, { recursive: true, force: true }).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    if (isDiskFull(error)) throw diskFull(error);
    if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") throw truncated(undefined, length);
    if (signal.aborted)
      throw new Torch2CircomError(
        "TURN_LOST",
        "The upload took longer than your turn",
        "Join the queue again, over a faster connection if you can.",
      );
    throw error;
  }
}

function truncated(size: number | undefined, length: number): HttpError {
  const what = size === undefined ? "broke off" : `ended after ${size} of ${length} bytes`;
  return new HttpError(400, `The upload ${what}`, "Upload it again.");
}

function diskFull(cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "DISK_FULL",
    "The coordinator's disk has no room for the contribution",
    "Tell its operator; keep your contribution, and upload it later.",
    cause,
  );
}
