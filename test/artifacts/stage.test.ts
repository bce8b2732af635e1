import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Json } from "../../src/artifacts/canonicalJson.js";
import { withLock } from "../../src/artifacts/lock.js";
import { runStage } from "../../src/artifacts/stage.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

describe("runStage", () => {
  let folder: string;
  let runs: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stage-"));
    runs = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const stage = (inputs: Json, text = "made"): ReturnType<typeof runStage<{ run: number }>> =>
    runStage({
      folder,
      name: "make",
      inputs,
      outputs: ["a.txt", "deep/b.txt"],
      run: async (work) => {
        runs++;
        await writeFile(join(work, "a.txt"), text);
        await mkdir(join(work, "deep"));
        await writeFile(join(work, "deep", "b.txt"), text);
        return { run: runs };
      },
    });

  it("runs once for the same inputs, in whatever order they are named, and keeps the result", async () => {
    expect(await stage({ x: 1, y: [2] })).to.deep.equal({ result: { run: 1 }, cached: false });
    expect(await stage({ y: [2], x: 1 })).to.deep.equal({ result: { run: 1 }, cached: true });
    expect(await readFile(join(folder, "deep/b.txt"), "utf8")).to.equal("made");
    expect(await readdir(folder)).to.have.members([".stages", "a.txt", "deep"]);
  });

  it("runs again when an input changes, or an output was changed or deleted", async () => {
    await stage(1);
    expect((await stage(2)).cached).to.equal(false);
    await writeFile(join(folder, "a.txt"), "altered");
    expect((await stage(2)).cached).to.equal(false);
    await rm(join(folder, "deep/b.txt"));
    expect((await stage(2)).cached).to.equal(false);
    await writeFile(join(folder, ".stages/make.json"), "{ not JSON");
    expect((await stage(2)).cached).to.equal(false);
    expect((await stage(2)).cached).to.equal(true);
  });

  it("leaves no half-made output when it fails, and is run again", async () => {
    const failing = runStage({
      folder,
      name: "make",
      inputs: 1,
      outputs: ["a.txt"],
      run: async (work) => {
        await writeFile(join(work, "a.txt"), "half");
        throw new Error("interrupted");
      },
    });
    expect(await failing.catch((error: Error) => error.message)).to.equal("interrupted");
    expect(await readdir(folder)).to.deep.equal([]);
    expect((await stage(1)).cached).to.equal(false);
  });

  it("does not take an old output for a new one when a later run fails", async () => {
    await stage(1, "old");
    const failing = runStage({
      folder,
      name: "make",
      inputs: 2,
      outputs: ["a.txt", "deep/b.txt"],
      run: () => Promise.reject(new Error("interrupted")),
    });
    await failing.catch(() => undefined);
    expect((await stage(2, "new")).cached).to.equal(false);
    expect(await readFile(join(folder, "a.txt"), "utf8")).to.equal("new");
  });

  it("fails if an announced output was not made", async () => {
    const failing = runStage({ folder, name: "make", inputs: 1, outputs: ["a.txt"], run: async () => null });
    expect(await failing.catch((error: NodeJS.ErrnoException) => error.code)).to.equal("ENOENT");
  });

  it("says that the disk is full", async function () {
    // A device of Linux on which every write fails for lack of space.
    if (process.platform !== "linux") this.skip();
    const full = runStage({
      folder,
      name: "make",
      inputs: 1,
      outputs: [],
      run: async () => {
        await writeFile("/dev/full", "x");
        return null;
      },
    });
    const error = await full.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message)
      .to.contain("The disk is full")
      .and.to.contain("make");
  });
});

describe("withLock", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("lets one build in, and the next when it is out, whether it succeeded or failed", async () => {
    await withLock(folder, async () => {
      const second = await withLock(folder, async () => "in").catch((error: unknown) => error);
      expect(second).to.be.instanceOf(Torch2CircomError);
      expect((second as Error).message).to.contain(`process ${process.pid}`);
    });
    await withLock(folder, () => Promise.reject(new Error("failed"))).catch(() => undefined);
    expect(await withLock(folder, async () => "in")).to.equal("in");
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("takes over the lock of a process that is gone", async () => {
    // Beyond the largest process id that Linux gives.
    await writeFile(join(folder, ".lock"), "4194305");
    expect(await withLock(folder, async () => "in")).to.equal("in");
  });
});
