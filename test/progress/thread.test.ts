import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { runInThread, type ThreadOptions } from "../../src/progress/thread.js";

const work = new URL("../helpers/threadWork.js", import.meta.url);

for (const [place, options] of [
  ["a thread", {}],
  ["a process", { processFlags: [] }],
] as const satisfies [string, ThreadOptions<number>][])
  describe(`runInThread in ${place}`, function () {
    this.timeout(30_000);

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
