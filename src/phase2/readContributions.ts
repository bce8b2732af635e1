import { type Contributions, parseContributions } from "./contributions.js";
import { openKeyFile } from "./openKeyFile.js";
import { orKeyError } from "./refused.js";

/**
 * Reads the contributions of a key, after checking the whole file's form: cheap, and safe to call on any file.
 * Whether they follow from each other is for `verifyKey` to say.
 *
 * @param path of the `.zkey`.
 * @throws Torch2CircomError if the file cannot be read or is not in form, or a beacon's exponent is out of bounds.
 */
export function readContributions(path: string): Contributions {
  return orKeyError(path, () => {
    const { file } = openKeyFile(path);
    try {
      return parseContributions(file);
    } finally {
      file.close();
    }
  });
}
