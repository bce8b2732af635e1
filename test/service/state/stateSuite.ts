import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import { Database } from "../../../src/service/database/database.js";
import { requireVersion } from "../../../src/service/database/migrate.js";
import { bookState, proverState, serviceState, type State } from "../../../src/service/state/state.js";
import { PostgresServer } from "./postgresServer.js";

const SEALED_FOR = "a job";

/** What holds of a state that is kept in the server of DATABASE_URL, whichever server that is. */
export function itKeepsState(programs?: () => string): void {
  let server: PostgresServer;
  /** The service's, and that of another machine. */
  let [folder, elsewhere] = ["", ""];
  const states: State[] = [];

  before(async () => {
    server = await PostgresServer.start(programs?.());
    [folder, elsewhere] = ["service", "elsewhere"].map((name) =>
      join(server.folder, `${name}-${randomUUID()}`),
    );
  });
  afterEach(async () => {
    for (const state of states.splice(0)) await state.close();
  });
  after(() => server.close());

  const opened = async <Kind extends State>(opening: Promise<Kind>): Promise<Kind> => {
    const state = await opening;
    states.push(state);
    return state;
  };
  const service = (environment: NodeJS.ProcessEnv = { DATABASE_URL: server.url() }, where = folder) =>
    opened(serviceState(where, environment));
  const prover = (environment: NodeJS.ProcessEnv = { DATABASE_URL: server.url() }) =>
    opened(proverState(elsewhere, environment));

  /** What is told of a failure: all that a user could see of it. */
  const refusal = async (attempt: Promise<unknown>) => {
    const error = await attempt.then(
      () => expect.fail("it was not refused"),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    const { code, problem, remedy, message } = error as Torch2CircomError;
    const seen = [
      message,
      problem,
      remedy,
      String((error as Error).stack),
      String((error as Error).cause),
    ].join();
    for (const secret of ["a/secret", encodeURIComponent("a/secret@100%"), "wrong-word"])
      expect(seen).not.to.contain(secret);
    return { code, message };
  };

  it("gives a prover nothing before the service has left its key", async () => {
    await opened(bookState(folder, { DATABASE_URL: server.url() }));
    const { code, message } = await refusal(prover());
    expect(code).to.equal("KEY_INVALID");
    expect(message).to.contain("The service has not left it in the database");
  });

  it("makes its tables, and shares its key with who knows the password alone", async () => {
    const { database, key, isShared } = await service();
    expect(isShared).to.equal(true);
    const tables = await database.query("select from information_schema.tables where table_name = 'job'");
    expect(tables).to.have.length(1);
    // Neither the table nor its dump gives the key away.
    const [row] = await database.query<{ sealed: Buffer }>("select salt, sealed from shared_key");
    expect(row.sealed.toString("latin1")).not.to.contain(key.text);
    expect(row.sealed.includes(Buffer.from(key.text, "hex"))).to.equal(false);
    const sealed = key.seal(SEALED_FOR, "an input");
    const other = await prover();
    expect(other.isShared).to.equal(true);
    expect(other.key.open(SEALED_FOR, sealed)).to.equal("an input");
    // A prover's machine keeps no copy, the service's own does.
    expect((await readFile(join(folder, "input.key"), "utf8")).trim()).to.equal(key.text);
    await expectMissing(join(elsewhere, "input.key"));
    // A service that moves to another machine gets it, too.
    const moved = await service(undefined, `${folder}-moved`);
    expect(moved.key.text).to.equal(key.text);
  });

  it("takes the key of the environment before the one that is shared", async () => {
    const given = "ab".repeat(32);
    const environment = { DATABASE_URL: server.url(), TORCH2CIRCOM_INPUT_KEY: given };
    expect((await prover(environment)).key.text).to.equal(given);
    expect((await service(environment)).key.text).to.equal(given);
    expect((await prover()).key.text).not.to.equal(given);
    const short = { ...environment, TORCH2CIRCOM_INPUT_KEY: "abc" };
    expect((await refusal(prover(short))).code).to.equal("KEY_INVALID");
  });

  it("seals its key anew when the password has changed, where there is a copy of it", async () => {
    const { key, database } = await service();
    const url = server.url("another");
    await database.query("create role other login superuser password 'another'");
    const changed = { DATABASE_URL: url.replace("//service:", "//other:") };
    const refused = await refusal(prover(changed));
    expect(refused).to.have.property("code", "KEY_INVALID");
    expect(refused.message).to.contain("The password of DATABASE_URL does not open it");
    expect((await refusal(service(changed, elsewhere))).message).to.contain("this folder has no copy");
    expect((await service(changed)).key.text).to.equal(key.text);
    expect((await prover(changed)).key.text).to.equal(key.text);
    await rm(elsewhere, { recursive: true, force: true });
    await service();
  });

  it("says what is wrong with an address, and nothing of the address", async () => {
    for (const [address, code, words] of [
      [server.url("wrong-word"), "DATABASE_UNAVAILABLE", "refuses this user and password (28P01)"],
      [server.url(undefined, undefined, "nobody"), "DATABASE_UNAVAILABLE", "refuses this user and password"],
      [server.url("").replace(":@", "@"), "DATABASE_UNAVAILABLE", "refuses this user and password (28000)"],
      [server.url(undefined, "none"), "DATABASE_UNAVAILABLE", "no database of this name (3D000)"],
      [
        "postgres://service:wrong-word@127.0.0.1:1/postgres",
        "DATABASE_UNAVAILABLE",
        "not answer (ECONNREFUSED)",
      ],
      ["postgres://service:wrong-word@none.invalid/x", "DATABASE_UNAVAILABLE", "does not answer (E"],
      ["postgres://service:wrong-word@host:port/x", "INVALID_ARGUMENT", "DATABASE_URL is not the address"],
      ["mysql://service:wrong-word@localhost/x", "INVALID_ARGUMENT", "DATABASE_URL is not the address"],
      ["wrong-word", "INVALID_ARGUMENT", "DATABASE_URL is not the address"],
    ] as const)
      for (const open of [serviceState, proverState, bookState]) {
        const refused = await refusal(open(folder, { DATABASE_URL: address }));
        expect(refused.code, words).to.equal(code);
        expect(refused.message).to.contain(words);
      }
  });

  it("says what its user lacks, and which servers are too old", async () => {
    const { database } = await service();
    await database.query("create role reader login password 'wrong-word'");
    await database.query("create database others");
    const url = server.url("wrong-word", "others", "reader");
    const refused = await refusal(service({ DATABASE_URL: url }));
    expect(refused.message).to.contain("may not make the service's tables");
    expect(refused.message).to.contain("createdb --owner");
    await requireVersion(database);
    const old = await refusal(requireVersion(database, 99));
    expect(old.message).to.match(/is PostgreSQL \d\d, and the service needs 99 or later/);
    const admin = new Database(server.url(undefined, "others"), 1);
    await admin.query("alter database others owner to reader");
    await admin.close();
    expect((await service({ DATABASE_URL: url }, `${folder}-reader`)).isShared).to.equal(true);
  });
}

async function expectMissing(path: string): Promise<void> {
  const error = await readFile(path).catch((reason: NodeJS.ErrnoException) => reason.code);
  expect(error).to.equal("ENOENT");
}
