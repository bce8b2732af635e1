import { PassThrough } from "node:stream";
import { expect } from "chai";
import { createProgress, formatSeconds, inStage, type ProgressOutput } from "../../src/progress/progress.js";

/** A stream that keeps what is written to it. */
function recorder(isTTY: boolean): ProgressOutput & { text(): string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  // What cli-progress asks of a terminal.
  const terminal = {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
  };
  return Object.assign(stream, terminal, { text: () => Buffer.concat(chunks).toString() });
}

describe("progress", () => {
  it("writes one plain line a stage where there is no terminal", async () => {
    const output = recorder(false);
    const progress = createProgress({ output });
    await inStage(
      progress,
      "compile",
      async (update) => update(0.5),
      () => "10 constraints",
    );
    await inStage(progress, "prove", async () => undefined);
    expect(output.text()).to.match(/^compile: 10 constraints, 0\.\d s\nprove: 0\.\d s\n$/);
  });

  it("draws a bar on a terminal, or the time where no fraction is known, and then the line", async () => {
    const output = recorder(true);
    const progress = createProgress({ output });
    await inStage(progress, "compile", () => new Promise((resolve) => setTimeout(resolve, 250)));
    expect(output.text()).to.match(/compile … 0\.\d s/);
    await inStage(progress, "setup", async (update) => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      update(0.5);
      await new Promise((resolve) => setTimeout(resolve, 250));
    });
    expect(output.text())
      .to.match(/setup █{15}░{15} 50 %/)
      .and.to.match(/setup: 0\.\d s\n/);
  });

  it("changes no mode of the terminal, which would stay when the process is interrupted", async () => {
    const output = recorder(true);
    const stage = createProgress({ output }).stage("compile");
    stage.update(0.5);
    await new Promise((resolve) => setTimeout(resolve, 250));
    // As at Ctrl-C, nothing is cleaned up yet: no hidden cursor, no lines that do not wrap.
    expect(output.text()).to.contain("compile").and.not.to.contain("\u001b[?");
    stage.done();
  });

  it("says that a stage failed, and hands on its error", async () => {
    const output = recorder(false);
    const failing = inStage(createProgress({ output }), "prove", () =>
      Promise.reject(new Error("no memory")),
    );
    expect(await failing.catch((error: Error) => error.message)).to.equal("no memory");
    expect(output.text()).to.match(/^prove: failed after 0\.\d s\n$/);
  });

  it("shows nothing when silent", async () => {
    const output = recorder(true);
    await inStage(
      createProgress({ output, silent: true }),
      "compile",
      async (update) => update(1),
      () => "done",
    );
    expect(output.text()).to.equal("");
  });

  it("prints times that people read", () => {
    expect([0.04, 9.96, 59.4, 61, 3599.6].map(formatSeconds)).to.deep.equal([
      "0.0 s",
      "10 s",
      "59 s",
      "1 min 1 s",
      "60 min 0 s",
    ]);
  });
});
