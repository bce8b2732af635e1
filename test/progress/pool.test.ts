import { expect } from "chai";
import { ProcessPool } from "../../src/progress/pool.js";
import { runInThread } from "../../src/progress/thread.js";

const work = new URL("../helpers/threadWork.js", import.meta.url);

describe("ProcessPool", function () {
  const number = async (pool: ProcessPool) =>
    Number(Buffer.from(await runInThread<Uint8Array>(work, { kind: "number" }, { warm: pool })));

  it("runs no more at once than it may, and the others after that", async () => {
    const pool = new ProcessPool(work, [], 2);
    const processes = await Promise.all(Array.from({ length: 7 }, () => number(pool)));
    expect(new Set(processes).size).to.equal(2);
    pool.close();
  });

  it("gives the run of a process that ended to another, and a failure to the caller", async () => {
    const pool = new ProcessPool(work, [], 1);
    const first = await number(pool);
    process.kill(first, "SIGKILL");
    expect(await number(pool)).to.not.equal(first);
    const ended = await runInThread(work, { kind: "exit" }, { warm: pool }).catch((error: Error) => error);
    expect((ended as Error).message).to.contain("code 7 and no result");
    expect(await number(pool)).to.be.above(0);
    pool.close();
  });

  it("ends all that runs when it is closed, begins nothing of it again, and can be used after", async () => {
    const pool = new ProcessPool(work, [], 1);
    const first = await number(pool);
    const endless = runInThread(work, { kind: "endless" }, { warm: pool });
    const outcomes = Promise.allSettled([endless, number(pool)]);
    pool.close();
    const [running, waiting] = await outcomes;
    expect(running.status).to.equal("rejected");
    // It had not begun.
    expect(waiting.status).to.equal("fulfilled");
    expect(await number(pool)).to.not.equal(first);
    pool.close();
  });
});
