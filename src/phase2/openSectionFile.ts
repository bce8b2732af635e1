import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { need } from "./refused.js";
import { SectionFile } from "./sectionFile.js";

/**
 * Opens a file in iden3's binary format, which the caller closes.
 *
 * @param path of the file.
 * @param magic the four characters that it begins with.
 * @throws Refused if it is not in the format; Torch2CircomError if it cannot be read.
 */
export function openSectionFile(path: string, magic: "zkey" | "ptau"): SectionFile {
  const file = openRegularFile(path);
  try {
    const { size } = fstatSync(file);
    const read = (at: number, length: number) => readBytes(file, at, length, magic);
    return new SectionFile({ size, read, close: () => closeSync(file) }, magic);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openRegularFile(path: string): number {
  try {
    // Opening a pipe waits for its writer.
    if (!statSync(path).isFile()) throw new Error("it is not a file");
    return openSync(path, "r");
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `${path} cannot be read (${(error as Error).message})`,
      "Check the path.",
      error as Error,
    );
  }
}

function readBytes(file: number, at: number, length: number, what: string): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    // One read takes at most 2 GB.
    const read = readSync(file, bytes, done, Math.min(length - done, 2 ** 30), at + done);
    need(read > 0, `${what}: it became shorter while it was read`);
    done += read;
  }
  return bytes;
}
