import { type KeyFile, readKeyFile } from "./keyFile.js";
import { openSectionFile } from "./openSectionFile.js";

/**
 * Opens a key, which the caller closes (`file.close()`).
 *
 * @param path of the `.zkey`.
 * @throws Refused if it is not in form; Torch2CircomError if it cannot be read.
 */
export function openKeyFile(path: string): KeyFile {
  const file = openSectionFile(path, "zkey");
  try {
    return readKeyFile(file);
  } catch (error) {
    file.close();
    throw error;
  }
}
