import fs, { type FileHandle, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { hashFile } from "../../src/artifacts/hash.js";
import type { ContributionEntry, InitEntry } from "../../src/ceremony/entries.js";
import {
  beginCeremony,
  extendCeremony,
  hasCeremony,
  openCeremony,
  type Ceremony,
} from "../../src/ceremony/folder.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

const HASH = "ab".repeat(32);
const TIME = "2026-11-26T00:00:00Z";

/** What changes files; of these, what writes bytes can be cut off in the middle. */
const CALLS = ["mkdir", "open", "rename", "link", "rm", "truncate", "writeFile"] as const;
const METHODS = ["appendFile", "writeFile", "sync", "close"] as const;

type Point = "before" | "half" | "after";

/** Work that is stopped for ever at one call of the file system, as if the process were killed there: nothing follows it. */
async function killed(at: number, point: Point, work: () => Promise<unknown>): Promise<boolean> {
  let calls = 0;
  let stop = (): void => undefined;
  const stopped = new Promise<"stopped">((resolve) => (stop = () => resolve("stopped")));
  const never = (): Promise<never> => (stop(), new Promise<never>(() => undefined));
  // A process that is killed closes its files.
  const opened: FileHandle[] = [];
  const keepOpen = (result: unknown): unknown => {
    if (typeof result === "object" && result !== null && "fd" in result) opened.push(result as FileHandle);
    return result;
  };
  const intercept = (call: (...args: unknown[]) => Promise<unknown>) =>
    async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      if (calls++ !== at) return keepOpen(await call.apply(this, args));
      if (point === "before") return never();
      const [text] = args.filter((value) => typeof value === "string").slice(-1);
      const isHalf = point === "half" && /^(append|write)File$/.test(call.name);
      keepOpen(
        await call.apply(
          this,
          isHalf ? args.map((value) => (value === text ? text.slice(0, text.length / 2) : value)) : args,
        ),
      );
      return never();
    };
  const handle = await fs.open(tmpdir(), "r");
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  await handle.close();
  const module = fs as unknown as typeof prototype;
  const own = [
    ...CALLS.map((name) => [module, name] as const),
    ...METHODS.map((name) => [prototype, name] as const),
  ];
  const kept = own.map(([object, name]) => [object, name, object[name]] as const);
  for (const [object, name, call] of kept) object[name] = intercept(call);
  syncBuiltinESMExports();
  try {
    return (await Promise.race([work(), stopped])) === "stopped";
  } finally {
    for (const [object, name, call] of kept) object[name] = call;
    syncBuiltinESMExports();
    for (const file of opened) await file.close().catch(() => undefined);
  }
}

describe("a ceremony whose process is killed between two calls of the file system", function () {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "kills-"));
    folder = join(root, "ceremony", "cube");
  });
  afterEach(() => rm(root, { recursive: true }));

  async function key(text: string): Promise<{ file: string; hash: string }> {
    await mkdir(join(folder, ".work"), { recursive: true });
    const file = join(folder, ".work", "next.zkey");
    await writeFile(file, text);
    return { file, hash: await hashFile(file) };
  }

  async function begin(): Promise<Ceremony> {
    const { file, hash } = await key("initial");
    const entry: InitEntry = {
      ...{
        type: "init",
        circuit: "cube",
        r1cs: HASH,
        csHash: HASH + HASH,
        publicSignals: 1,
        wires: 4,
        domain: 8,
      },
      ...{
        ptau: { power: 4, bytes: 1, sha256: HASH, blake2b512: HASH + HASH },
        key: hash,
        tools: {},
        time: TIME,
      },
    };
    return beginCeremony(folder, entry, file);
  }

  async function extend(text: string): Promise<Ceremony> {
    const ceremony = await openCeremony(folder);
    const { transcript } = ceremony;
    const { file, hash } = await key(text);
    const entry: ContributionEntry = {
      ...{ type: "contribution", index: transcript.contributions.length + 1, name: text, hash: HASH + HASH },
      ...{ madeOn: null, before: transcript.key, after: hash, time: TIME },
    };
    return extendCeremony(ceremony, entry, file);
  }

  /** Runs the work with a kill at every call and point, until it comes to its end. @returns how many */
  async function everywhere(
    work: () => Promise<unknown>,
    check: (where: string) => Promise<void>,
  ): Promise<number> {
    let kills = 0;
    for (const point of ["before", "half", "after"] as const)
      for (let at = 0; ; at++) {
        await rm(join(root, "ceremony"), { recursive: true, force: true });
        if (!(await killed(at, point, work))) break;
        await check(`${point} call ${at}`);
        kills++;
      }
    return kills;
  }

  it("has begun, or begins again", async () => {
    const kills = await everywhere(begin, async (where) => {
      if (!hasCeremony(folder)) await begin();
      const { transcript } = await openCeremony(folder);
      expect(transcript.lines, where).to.have.length(1);
      expect((await extend("next")).transcript.contributions, where).to.have.length(1);
    });
    expect(kills).to.be.greaterThan(24);
  });

  it("is at the key before or at the one after, and goes on from it", async () => {
    const ends = new Set<number>();
    const work = async (): Promise<void> => {
      await begin();
      await extend("one");
      await extend("two");
    };
    await everywhere(work, async (where) => {
      if (!hasCeremony(folder)) return;
      const { transcript } = await openCeremony(folder);
      const { length } = transcript.contributions;
      ends.add(length);
      const next = await extend("more");
      expect(
        next.transcript.contributions.map(({ name }) => name),
        where,
      ).to.deep.equal([...["one", "two"].slice(0, length), "more"]);
      expect((await openCeremony(folder)).transcript, where).to.deep.equal(next.transcript);
    });
    expect([...ends].sort()).to.deep.equal([0, 1, 2]);
  });

  it("is as it was where the disk takes no more, and says so", async () => {
    await begin();
    const { transcript } = await extend("one");
    const before = await readdir(folder);
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const rename = fs.rename;
    fs.rename = () => Promise.reject(full);
    syncBuiltinESMExports();
    const error = await extend("two").catch((reason: unknown) => reason);
    fs.rename = rename;
    syncBuiltinESMExports();
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message)
      .to.contain("no space left")
      .and.to.contain("the room on its disk");
    expect((await openCeremony(folder)).transcript).to.deep.equal(transcript);
    expect(await readdir(folder)).to.deep.equal(before);
    expect((await extend("two")).transcript.contributions).to.have.length(2);
  });
});
