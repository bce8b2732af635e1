import { spawn, type ChildProcess } from "node:child_process";
import { chmod, chown, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { hashOf } from "../../artifacts/hash.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { postgresBinaries, type PostgresBinaries } from "./binaries.js";
import { ownerOf, type Owner } from "./owner.js";

/** Paths of Unix sockets have at most so many bytes, on all systems. */
const MOST_SOCKET_PATH = 100;

/** Names the socket; no port is opened. */
const PORT = 5432;
const USER = "torch2circom";

/** Seconds for a start: after a kill the server replays its log first. */
const START_SECONDS = 120;

/** Milliseconds between two looks at the server. */
const INTERVAL = 250;

/**
 * A PostgreSQL server of the service's own, in a folder of the project, for this machine and user alone: it listens on a Unix
 * socket. It goes on when the service is killed, and the next start adopts it; if it is killed itself, it is started again.
 */
export class EmbeddedPostgres {
  private child?: ChildProcess;
  private readonly closing = new AbortController();
  private supervision?: Promise<void>;

  private constructor(
    private readonly folder: string,
    private readonly socketFolder: string,
    private readonly binaries: PostgresBinaries,
    private readonly owner: Owner,
  ) {}

  /**
   * Starts the server of a folder, which is made if it is not there.
   *
   * @throws Torch2CircomError where PostgreSQL cannot be run
   */
  static async start(folder: string): Promise<EmbeddedPostgres> {
    const owner = await ownerOf(folder);
    const socketFolder = socketFolderOf(folder);
    for (const path of [folder, socketFolder]) {
      await mkdir(path, { recursive: true });
      await chown(path, owner.uid, owner.gid);
      await chmod(path, 0o700);
    }
    const embedded = new EmbeddedPostgres(folder, socketFolder, await postgresBinaries(), owner);
    await embedded.initialize();
    await embedded.run();
    embedded.supervision = embedded.supervise();
    return embedded;
  }

  /** For clients on this machine. */
  get url(): string {
    return urlOf(this.socketFolder);
  }

  /** The address of a folder's server, if it runs. */
  static async running(folder: string): Promise<string | undefined> {
    const url = urlOf(socketFolderOf(folder));
    return (await answers(url)) ? url : undefined;
  }

  /** Stops the server: clients are disconnected, and what is committed stays. */
  async stop(): Promise<void> {
    this.closing.abort();
    await this.supervision;
    const pid = await this.pid();
    if (pid === undefined) return;
    // "Fast": running statements are ended.
    process.kill(pid, "SIGINT");
    while (await isPostgres(pid)) await wait(20);
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private async initialize(): Promise<void> {
    if (await exists(join(this.data, "PG_VERSION"))) return;
    // A folder that is not finished has another name.
    const unfinished = `${this.data}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    const options = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"];
    const { code, text } = await this.output(this.binaries.initdb, ["-D", unfinished, ...options]);
    if (code !== 0) throw refused("PostgreSQL's folder cannot be made", text);
    await rename(unfinished, this.data);
  }

  /** Starts the server unless it runs already. */
  private async run(): Promise<void> {
    if (await answers(this.url)) return;
    const stale = await this.pid();
    // The number of a server that is gone may be another program's by now, and PostgreSQL would refuse to start.
    if (stale === undefined) await rm(join(this.data, "postmaster.pid"), { force: true });
    const log = join(this.folder, "postgres.log");
    const file = await open(log, "a", 0o600);
    const { size } = await file.stat();
    const settings = ["listen_addresses=", "unix_socket_permissions=0700", "log_min_messages=warning"];
    const child = spawn(
      this.binaries.postgres,
      ["-D", this.data, "-k", this.socketFolder, ...settings.flatMap((setting) => ["-c", setting])],
      // A group of its own: what ends the service's group does not end the database.
      { ...this.owner, cwd: this.folder, detached: true, stdio: ["ignore", file.fd, file.fd] },
    );
    await file.close();
    child.unref();
    this.child = child;
    const end = new Promise<string>((resolve) =>
      child
        .on("error", (error) => resolve(error.message))
        .on("exit", (code, signal) => resolve(String(code ?? signal))),
    );
    for (const deadline = performance.now() + 1000 * START_SECONDS; ;) {
      const ended = await Promise.race([end, wait(INTERVAL / 5)]);
      if (await answers(this.url)) return;
      if (ended !== undefined && !this.closing.signal.aborted) {
        const text = (await readFile(log, "utf8")).slice(size);
        throw refused(`PostgreSQL ended (${ended})`, text);
      }
      if (performance.now() > deadline)
        throw refused(`PostgreSQL does not answer after ${START_SECONDS} s`, "");
    }
  }

  /** Starts the server again when it is gone. */
  private async supervise(): Promise<void> {
    const { signal } = this.closing;
    // It keeps no process alive, and is not waited for by one that stops the server.
    const rest = (time: number) => wait(time, undefined, { ref: false, signal }).catch(() => undefined);
    while (!signal.aborted) {
      await rest(INTERVAL);
      const isGone = (await this.pid()) === undefined;
      // The next round tries again: what stops a start, such as a full disk, may pass.
      if (isGone && !signal.aborted) await this.run().catch(() => rest(4 * INTERVAL));
    }
  }

  /** Process id of the running server. Neither a file nor a number alone proves that there is one. */
  private async pid(): Promise<number | undefined> {
    const text = await readFile(join(this.data, "postmaster.pid"), "utf8").catch(() => "");
    const pid = Number.parseInt(text, 10);
    if (!(pid > 0) || (this.child?.pid === pid && this.child.exitCode !== null)) return undefined;
    return (await isPostgres(pid)) ? pid : undefined;
  }

  private async output(
    program: string,
    args: readonly string[],
  ): Promise<{ code: number | null; text: string }> {
    const child = spawn(program, args, {
      ...this.owner,
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (more: string) => (text += more));
    return new Promise((resolve) =>
      child
        .on("error", (error) => resolve({ code: -1, text: error.message }))
        .on("close", (code) => resolve({ code, text })),
    );
  }
}

function urlOf(socketFolder: string): string {
  return `postgres://${USER}@/postgres?host=${encodeURIComponent(socketFolder)}&port=${PORT}`;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function socketFolderOf(folder: string): string {
  if (join(folder, `.s.PGSQL.${PORT}`).length <= MOST_SOCKET_PATH) return folder;
  return join(tmpdir(), `torch2circom-${hashOf(folder).slice(0, 16)}`);
}

async function exists(path: string): Promise<boolean> {
  return open(path).then(
    (file) => file.close().then(() => true),
    () => false,
  );
}

/** Whether a process of this number runs PostgreSQL, also on systems without /proc. */
async function isPostgres(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (status === undefined) return process.platform !== "linux";
  // A zombie is dead, though it has its number still.
  return /^\d+ \(postgres\) [^Z]/.test(status);
}

function refused(problem: string, text: string): Torch2CircomError {
  const lines = text.trim().split("\n").slice(-5).join("; ");
  return new Torch2CircomError(
    "DATABASE_UNAVAILABLE",
    `${problem}${lines === "" ? "" : `: ${lines}`}`,
    "See postgres.log in the service's folder, or give another server: DATABASE_URL=postgres://…",
  );
}
