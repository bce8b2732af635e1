import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { FileHashes } from "../artifacts/hash.js";
import { withLock } from "../artifacts/lock.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { download, type DownloadParameters } from "./download.js";

/** Milliseconds between two looks at another process's download. */
const LOOK = 500;

/** Looks at a part that does not grow, after which the other process is given up: two minutes. */
const MOST_LOOKS = 240;

/**
 * {@link download}, unless the file is there, or another process is fetching it: that one is waited for.
 *
 * @returns hashes of the file, if this process has fetched it
 * @throws Torch2CircomError as `download` does; or if the other process gets nowhere
 */
export async function downloadOnce(parameters: DownloadParameters): Promise<FileHashes | undefined> {
  const { path, folder, onProgress } = parameters;
  const isThere = () => existsSync(path);
  let [size, idleLooks] = [-1, 0];
  for (;;) {
    if (isThere()) return undefined;
    try {
      return await withLock(
        folder,
        async () => (isThere() ? undefined : download(parameters)),
        `Another process downloads ${path}`,
      );
    } catch (error) {
      const isBusy = error instanceof Torch2CircomError && error.code === "BUILD_BUSY";
      if (!isBusy || idleLooks === MOST_LOOKS) throw error;
    }
    const now = await stat(join(folder, "part")).then(
      (part) => part.size,
      () => 0,
    );
    idleLooks = now > size ? 0 : idleLooks + 1;
    size = now;
    if (size > 0) onProgress?.(size, undefined);
    await wait(LOOK);
  }
}
