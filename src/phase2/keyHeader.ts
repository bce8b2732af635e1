import type { KeyHeader } from "./keyFile.js";
import { openKeyFile } from "./openKeyFile.js";
import { orKeyError } from "./refused.js";

/**
 * The header of a key, after checking the whole file's form.
 *
 * @param path of the `.zkey`
 * @throws Torch2CircomError if it cannot be read or is not in form
 */
export function readKeyHeader(path: string): KeyHeader {
  return orKeyError(path, () => {
    const { file, header } = openKeyFile(path);
    file.close();
    return header;
  });
}
