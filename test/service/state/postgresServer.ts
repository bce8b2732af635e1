import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { postgresBinaries, type PostgresBinaries } from "../../../src/service/database/binaries.js";
import { Database, isDatabaseGone } from "../../../src/service/database/database.js";
import { ownerOf } from "../../../src/service/database/owner.js";

/** Of the superuser; what has to be escaped in an address is in it. */
const [USER, PASSWORD] = ["service", "a/secret@100%"];

/** The newest server that Debian has put here. @returns the folder of its programs; undefined where there is none */
export function debianPrograms(): string | undefined {
  const versions = globSync("/usr/lib/postgresql/*/bin").filter((bin) => existsSync(join(bin, "postgres")));
  return versions.sort((a, b) => Number(b.split("/")[4]) - Number(a.split("/")[4]))[0];
}

/** A PostgreSQL server that asks for a password, as one for several machines does. It listens on a Unix socket. */
export class PostgresServer {
  private child?: ChildProcess;

  private constructor(
    readonly folder: string,
    private readonly binaries: PostgresBinaries,
    private readonly owner: { readonly uid: number; readonly gid: number },
  ) {}

  /** @param programs folder of `initdb` and `postgres`. @default those of the npm package */
  static async start(programs?: string): Promise<PostgresServer> {
    const folder = join(process.cwd(), "cache", `postgres-${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    const owner = await ownerOf(folder);
    await chown(folder, owner.uid, owner.gid);
    const binaries =
      programs === undefined
        ? await postgresBinaries()
        : { initdb: join(programs, "initdb"), postgres: join(programs, "postgres") };
    const server = new PostgresServer(folder, binaries, owner);
    await server.initialize();
    await server.run();
    return server;
  }

  /** @param password of the user. @param database that is there, or not */
  url(password = PASSWORD, database = "postgres", user = USER): string {
    const host = encodeURIComponent(this.folder);
    return `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?host=${host}&port=5432`;
  }

  /** Starts it, and waits until it answers. */
  async run(): Promise<void> {
    const settings = ["listen_addresses=", "log_min_messages=warning"].flatMap((one) => ["-c", one]);
    this.child = this.spawn(this.binaries.postgres, ["-D", this.data, "-k", this.folder, ...settings]);
    const database = new Database(this.url(), 1);
    for (;;) {
      try {
        await database.query("select 1");
        return await database.close();
      } catch (error) {
        if (!isDatabaseGone(error) || hasEnded(this.child)) throw error;
      }
    }
  }

  /** Starts it when it has ended. */
  async runAgain(): Promise<void> {
    if (this.child !== undefined && !hasEnded(this.child)) await once(this.child, "exit");
    await this.run();
  }

  /** Stops it: its clients are disconnected. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, "exit");
    child.kill("SIGINT");
    await ended;
  }

  /** Stops it, and removes all that it has. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private async initialize(): Promise<void> {
    const secret = join(this.folder, "password");
    await writeFile(secret, `${PASSWORD}\n`);
    const options = ["--auth", "scram-sha-256", "--username", USER, "--pwfile", secret];
    const child = this.spawn(this.binaries.initdb, [
      "-D",
      this.data,
      ...options,
      "--locale",
      "C",
      "-E",
      "UTF8",
    ]);
    const [code] = (await once(child, "exit")) as [number];
    if (code !== 0) throw new Error(`initdb has ended with ${code}`);
    await rm(secret);
  }

  private spawn(program: string, args: readonly string[]): ChildProcess {
    return spawn(program, args, { ...this.owner, cwd: this.folder, stdio: "ignore" });
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
