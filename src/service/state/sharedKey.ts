import { randomBytes, scryptSync } from "node:crypto";
import type { Sql } from "../database/database.js";
import { InputKey } from "../jobs/sealed.js";

/** Memory of 16 MB for a guess at the password. */
const COST = { N: 16_384, r: 8, p: 1 };
const [SALT, KEY] = [16, 32];

/** What the sealed text is bound to. */
const PURPOSE = "key of inputs";

/**
 * The key that the service has left in its database for provers on other machines.
 *
 * @param password with which the database is used
 * @returns undefined where there is none, "sealed" where another password has sealed it
 */
export async function readSharedKey(sql: Sql, password: string): Promise<InputKey | "sealed" | undefined> {
  const [row] = await sql.query<{ salt: Buffer; sealed: Buffer }>("select salt, sealed from shared_key");
  if (row === undefined) return undefined;
  try {
    return InputKey.parse(sealingKey(password, row.salt).open(PURPOSE, row.sealed), "the database");
  } catch {
    return "sealed";
  }
}

/** Leaves a key in the database, in the place of the one that is there. */
export async function writeSharedKey(sql: Sql, password: string, key: InputKey): Promise<void> {
  const salt = randomBytes(SALT);
  await sql.query(
    "insert into shared_key (salt, sealed) values ($1, $2) on conflict (id) do update set salt = $1, sealed = $2",
    [salt, sealingKey(password, salt).seal(PURPOSE, key.text)],
  );
}

function sealingKey(password: string, salt: Buffer): InputKey {
  return new InputKey(scryptSync(password, salt, KEY, COST));
}
