import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { Database } from "../database/database.js";
import { EmbeddedPostgres } from "../database/embedded.js";
import { migrate } from "../database/migrate.js";
import { InputKey } from "../jobs/sealed.js";
import { readSharedKey, writeSharedKey } from "./sharedKey.js";

/** What the service keeps, and where. */
export interface State {
  /** With its tables made. */
  readonly database: Database;
  /** Whether it is a server that other machines reach, of the variable DATABASE_URL. */
  readonly isShared: boolean;
  /** Folder of the own server; undefined where it is another's. */
  readonly folder?: string;
  close(): Promise<void>;
}

/** The same with what opens inputs. */
export interface KeyedState extends State {
  readonly key: InputKey;
}

/** The folder of the service's own PostgreSQL server in the service's folder. */
const DATABASE = "database";

/**
 * The state of a service, which is made if it is not there: in the server of DATABASE_URL, or else in one of its own, which ends
 * with it.
 *
 * @param folder of the service
 * @param environment DATABASE_URL, TORCH2CIRCOM_INPUT_KEY
 * @throws Torch2CircomError where the database cannot be reached, or the key of its inputs is not here
 */
export async function serviceState(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<KeyedState> {
  const given = InputKey.given(environment);
  const url = environment.DATABASE_URL;
  // For others to pass through: PostgreSQL may run as another user.
  await mkdir(folder, { recursive: true });
  if (url === undefined) {
    const key = given ?? (await InputKey.load(folder));
    const server = await EmbeddedPostgres.start(join(folder, DATABASE));
    const state = await opened(
      new Database(server.url),
      false,
      () => Promise.resolve(key),
      () => server.stop(),
    );
    return { ...state, folder: join(folder, DATABASE) };
  }
  return opened(databaseAt(url), true, (database) => sharedKey(database, url, folder, environment, given));
}

/**
 * The state of a service that runs, for a prover: on this machine, or wherever DATABASE_URL says.
 *
 * @param folder of the service
 * @param environment DATABASE_URL, TORCH2CIRCOM_INPUT_KEY
 * @throws Torch2CircomError where no service has run with this database, or its key is not here
 */
export async function proverState(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<KeyedState> {
  const given = InputKey.given(environment);
  const url = environment.DATABASE_URL;
  if (url !== undefined)
    return opened(databaseAt(url), true, async (database) => {
      const shared = given ?? (await readSharedKey(database, passwordOf(url, environment)));
      if (shared instanceof InputKey) return shared;
      throw keyMissing(shared === "sealed" ? "The password of DATABASE_URL does not open it" : NOT_SHARED);
    });
  const own = await EmbeddedPostgres.running(join(folder, DATABASE));
  const key = given ?? (await InputKey.read(folder));
  if (own !== undefined && key !== undefined)
    return opened(new Database(own), false, () => Promise.resolve(key));
  throw new Torch2CircomError(
    "DATABASE_UNAVAILABLE",
    "No service runs with the database of this folder, and an embedded database serves its own machine only",
    "On the service's machine, start npx hardhat torch2circom:serve first. On another one, run the service with a PostgreSQL server that both reach, and set DATABASE_URL=postgres://… on both.",
  );
}

/** The state of a service for its books: a server of its own is started for as long as they are read. */
export async function bookState(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<State> {
  const url = environment.DATABASE_URL ?? (await EmbeddedPostgres.running(join(folder, DATABASE)));
  const noKey = () => Promise.resolve(undefined);
  if (url !== undefined) return opened(databaseAt(url), environment.DATABASE_URL !== undefined, noKey);
  const server = await EmbeddedPostgres.start(join(folder, DATABASE));
  return opened(new Database(server.url), false, noKey, () => server.stop());
}

/** @throws Torch2CircomError where the text is no address; it may hold a password, and is not said */
function databaseAt(url: string): Database {
  try {
    if (/^postgres(ql)?:\/\//.test(url) && new Client(url).host !== "") return new Database(url);
  } catch {
    // Its error may quote the address.
  }
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    "DATABASE_URL is not the address of a PostgreSQL database",
    "Write it as postgres://user:password@host/database; special characters of a password as %40 and the like.",
  );
}

/** Makes the tables and finds the key; nothing stays open if that fails. */
async function opened<Key extends InputKey | undefined>(
  database: Database,
  isShared: boolean,
  keyOf: (database: Database) => Promise<Key>,
  stop: () => Promise<void> = () => Promise.resolve(),
): Promise<State & { readonly key: Key }> {
  const close = async () => {
    await database.close();
    await stop();
  };
  try {
    await migrate(database);
    return { database, isShared, key: await keyOf(database), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The key of a service whose database others reach: they get it from there, and the service's folder has a copy. */
async function sharedKey(
  database: Database,
  url: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
  given: InputKey | undefined,
): Promise<InputKey> {
  if (given !== undefined) return given;
  const password = passwordOf(url, environment);
  const shared = await readSharedKey(database, password);
  if (shared instanceof InputKey) {
    await shared.keep(folder);
    return shared;
  }
  const own = await InputKey.read(folder);
  // The password has changed, and who has the key can seal it anew.
  if (shared === "sealed" && own === undefined)
    throw keyMissing("The password of DATABASE_URL does not open it, and this folder has no copy");
  const key = own ?? (await InputKey.load(folder));
  await writeSharedKey(database, password, key);
  return key;
}

function passwordOf(url: string, environment: NodeJS.ProcessEnv): string {
  // The driver's reading: an address of a socket has no host, which no URL lacks.
  const password = new Client(url).password ?? environment.PGPASSWORD;
  if (password !== undefined && password !== "") return password;
  throw keyMissing("DATABASE_URL has no password, under which the key could wait in the database");
}

const NOT_SHARED = "The service has not left it in the database";

function keyMissing(why: string): Torch2CircomError {
  return new Torch2CircomError(
    "KEY_INVALID",
    `The key of the service's inputs is not here. ${why}`,
    "Set TORCH2CIRCOM_INPUT_KEY to the same 64 hexadecimal digits for the service and all provers: openssl rand -hex 32",
  );
}
