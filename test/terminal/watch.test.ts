import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { createProgress } from "../../src/progress/progress.js";
import { watch } from "../../tasks/terminal/watch.js";

const away = new Torch2CircomError("NETWORK_UNREACHABLE", "The network does not answer", "Start it.");

describe("to watch", () => {
  /** Sees `states` one after the other. @returns the end, and the lines that were shown without their times */
  async function see(states: readonly (string | Error)[]) {
    const output = new PassThrough();
    const shown = text(output);
    const left = [...states];
    const look = async () => {
      const state = left.shift()!;
      if (state instanceof Error) throw state;
      return state;
    };
    try {
      const isEnd = (state: string) => state === "fulfilled";
      const progress = createProgress({ output });
      const end = await watch({ look, words: (state) => state, isEnd, progress, interval: 1 });
      expect(left).to.deep.equal([]);
      return end;
    } finally {
      output.end();
      lines = (await shown).split("\n").map((line) => line.replace(/[\d.]+ s$/, "…"));
    }
  }
  let lines: string[] = [];

  it("shows each change once, and ends with the end", async () => {
    expect(await see(["none", "funded", "funded", "funded", "fulfilled"])).to.equal("fulfilled");
    expect(lines).to.deep.equal(["none: …", "funded: …", ""]);
  });

  it("shows nothing of what has ended already", async () => {
    expect(await see(["fulfilled"])).to.equal("fulfilled");
    expect(lines).to.deep.equal([""]);
  });

  it("goes on after a node that was away for a while", async () => {
    expect(await see(["funded", away, away, "funded", "fulfilled"])).to.equal("fulfilled");
    expect(lines).to.deep.equal([
      "funded: …",
      "The network does not answer; asking again: …",
      "funded: …",
      "",
    ]);
  });

  it("waits a while for a node that is behind, and not for ever for one that has forgotten", async () => {
    const missing = new Torch2CircomError(
      "LOGS_MISSING",
      "The node does not show the events",
      "Ask another.",
    );
    const looks = (misses: number) => ["funded", ...Array<Error>(misses).fill(missing), "fulfilled"];
    expect(await see(looks(15))).to.equal("fulfilled");
    expect(await see(looks(16)).catch((thrown: unknown) => thrown)).to.equal(missing);
  });

  it("ends where the first look fails, and where a look fails for good", async () => {
    const wrong = new Torch2CircomError("JOB_NOT_FOUND", "There is no such job", "Check its id.");
    for (const states of [[away], ["funded", wrong]]) {
      const error: unknown = await see(states).catch((thrown: unknown) => thrown);
      expect(error).to.equal(states.at(-1));
    }
    expect(lines[0]).to.equal("funded: failed after …");
  });
});
