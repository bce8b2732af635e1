import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** The user that PostgreSQL runs as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Users that a system may have for it, the best first. */
const USERS = ["postgres", "nobody"];

/**
 * Who PostgreSQL is to run as: this user, but for the superuser, as whom it refuses to run.
 *
 * @param folder that it must reach
 * @throws Torch2CircomError where a superuser has no other user whom it could run as
 */
export async function ownerOf(folder: string): Promise<Owner> {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1];
  if (uid !== 0) return { uid, gid };
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const account = USERS.map((user) => accounts.find(([name]) => name === user)).find(
    (found) => found !== undefined,
  );
  const closed = await closedFolder(folder);
  if (account !== undefined && closed === undefined)
    return { uid: Number(account[2]), gid: Number(account[3]) };
  throw new Torch2CircomError(
    "DATABASE_UNAVAILABLE",
    closed === undefined
      ? `PostgreSQL does not run as the superuser, and there is no user ${USERS.join(" or ")}`
      : `PostgreSQL does not run as the superuser, and another user cannot enter ${closed}`,
    "Start the service as another user, or give another server: DATABASE_URL=postgres://…",
  );
}

/** The first folder on the way that others cannot enter. */
async function closedFolder(folder: string): Promise<string | undefined> {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  const above = await closedFolder(parent);
  if (above !== undefined) return above;
  const found = await stat(parent).catch(() => undefined);
  return found !== undefined && (found.mode & 0o001) === 0 ? parent : undefined;
}
