import { expect } from "chai";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Database, isDatabaseGone } from "../../../src/service/database/database.js";
import { EmbeddedPostgres } from "../../../src/service/database/embedded.js";
import { migrate } from "../../../src/service/database/migrate.js";
import { MIGRATIONS } from "../../../src/service/database/migrations.js";

describe("the embedded database", function () {
  this.timeout(300_000);
  let folder: string;
  let server: EmbeddedPostgres;
  let database: Database;

  before(async () => {
    folder = join("cache", `service-${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    server = await EmbeddedPostgres.start(join(process.cwd(), folder, "database"));
    database = new Database(server.url);
  });

  after(async () => {
    await database.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const serverPid = async () =>
    Number.parseInt(await readFile(join(folder, "database/data/postmaster.pid"), "utf8"), 10);

  /** Repeats a query until the database answers again. */
  const answer = async () => {
    for (;;) {
      try {
        return await database.query("select n from kept order by n");
      } catch (error) {
        expect(isDatabaseGone(error), String(error)).to.equal(true);
      }
    }
  };

  it("is durable, opens no port, and is for its user alone", async () => {
    const settings = await database.query<{ name: string; setting: string }>(
      "select name, setting from pg_settings where name in ('listen_addresses', 'fsync', 'synchronous_commit') order by name",
    );
    expect(settings.map(({ setting }) => setting)).to.deep.equal(["on", "", "on"]);
    const { mode } = await stat(join(folder, "database"));
    expect(mode & 0o777).to.equal(0o700);
  });

  it("makes its tables once, whoever starts, and refuses those of a later version", async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(database)));
    expect(await database.query("select version from migration")).to.have.length(MIGRATIONS.length);
    await database.query("insert into migration values (1000, now())");
    const refused = await migrate(database).catch((error: Error) => error);
    expect(refused).to.be.an("error").with.property("code", "DATABASE_UNAVAILABLE");
    await database.query("delete from migration where version = 1000");
    await migrate(database);
  });

  it("keeps what was committed, and nothing else, when it is killed; and starts again by itself", async () => {
    await database.query("create table kept (n int)");
    await database.query("insert into kept values (1)");
    const killed = database.transaction(async (sql) => {
      await sql.query("insert into kept values (2)");
      process.kill(await serverPid(), "SIGKILL");
      for (;;) await sql.query("select pg_sleep(0.01)");
    });
    const error = await killed.catch((reason: Error) => reason);
    expect(isDatabaseGone(error), String(error)).to.equal(true);
    expect(await answer()).to.deep.equal([{ n: 1 }]);
  });

  it("is adopted by the next start, and refuses no start for a file that a killed one left", async () => {
    const adopted = await EmbeddedPostgres.start(join(process.cwd(), folder, "database"));
    const pid = await serverPid();
    expect(adopted.url).to.equal(server.url);
    await adopted.stop();
    expect(() => process.kill(pid, 0)).to.throw("ESRCH");
    // The first one has looked after it, and finds it gone.
    expect(await answer()).to.deep.equal([{ n: 1 }]);
    expect(await serverPid()).not.to.equal(pid);
  });

  it("stops for a process that has nothing else to do", async () => {
    const module = new URL("../../../src/service/database/embedded.ts", import.meta.url).href;
    const other = JSON.stringify(join(process.cwd(), folder, "other"));
    const text = `import { EmbeddedPostgres } from "${module}";
      const server = await EmbeddedPostgres.start(${other});
      await server.stop();
      console.log("stopped");`;
    const args = ["--import", import.meta.resolve("tsx/esm"), "--input-type=module", "-e", text];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).to.equal("stopped\n");
  });

  it("says that it cannot be reached, without the address", async () => {
    const nowhere = new Database("postgres://user:secret@127.0.0.1:1/none");
    const error = await nowhere.query("select 1").catch((reason: Error) => reason);
    await nowhere.close();
    expect(error).to.have.property("code", "DATABASE_UNAVAILABLE");
    expect((error as Error).message).not.to.contain("secret");
  });
});
