import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { runInThread, type ThreadOptions } from "../../src/progress/thread.js";

const work = new URL("../helpers/threadWork.js", import.meta.url);

for (const [place, options] of [
  ["a thread", {}],
  ["a process", { processFlags: [] }],
] as const satisfies [string, ThreadOptions<number>][])
  describe(`runInThread in ${place}`, function () {
    it("hands over data, reports and the result", async () => {
      const reports: number[] = [];
      const result = await runInThread<Uint8Array, number>(
        work,
        { kind: "add", bytes: new Uint8Array([1, 2]), n: 3n },
        {
          ...options,
          onReport: (report) => reports.push(report),
        },
      );
      expect([...result]).to.deep.equal([4, 5]);
      expect(reports).to.deep.equal([0, 1]);
    });

    it("hands over errors as they are: ours, and others with their code", async () => {
      const refused = await runInThread(work, { kind: "refuse" }, options).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(Torch2CircomError);
      expect(refused).to.include({ problem: "It cannot be", remedy: "Do something else." });
      const failed = await runInThread(work, { kind: "fail" }, options).catch((error: unknown) => error);
      expect(failed).to.include({ message: "disk", code: "ENOSPC", name: "TypeError" });
    });

    it("fails when the thread ends without a word", async () => {
      const ended = await runInThread(work, { kind: "exit" }, options).catch((error: Error) => error.message);
      expect(ended).to.contain("code 7 and no result");
    });

    it("says that memory is missing", async () => {
      const error = await runInThread(work, { kind: "allocate" }, options).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Torch2CircomError);
      expect((error as Error).message).to.contain("out of memory");
    });
  });

describe("runInThread in a warm process", function () {
  const warm = { processFlags: [], warm: true } as const;
  const number = async () =>
    Number(Buffer.from(await runInThread<Uint8Array>(work, { kind: "number" }, warm)));

  it("uses the process again, a second one for a run at the same time, and a new one for one that ended", async () => {
    const first = await number();
    expect(await number()).to.equal(first);
    const both = await Promise.all([number(), number()]);
    expect(new Set(both).size).to.equal(2);
    expect(both).to.include(first);
    for (const pid of both) process.kill(pid, "SIGKILL");
    // A run may still meet one that is about to end.
    let next: number | undefined;
    while (next === undefined) next = await number().catch(() => undefined);
    expect(both).not.to.include(next);
  });

  it("keeps the process of a run that was refused", async () => {
    const before = await number();
    await runInThread(work, { kind: "refuse" }, warm).catch(() => undefined);
    expect(await number()).to.equal(before);
  });
});
