import { expect } from "chai";
import type { Entry } from "../../src/ceremony/entries.js";
import { headAfter, headsOfKey, lineOf, lineText, parseTranscript } from "../../src/ceremony/transcript.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

const hash = (digit: string): string => digit.repeat(64);
const long = (digit: string): string => digit.repeat(128);
const time = "2026-11-26T12:00:00Z";

const init: Entry = {
  type: "init",
  circuit: "cube",
  r1cs: hash("1"),
  csHash: long("2"),
  publicSignals: 2,
  wires: 4,
  domain: 8,
  ptau: { power: 4, bytes: 1000, sha256: hash("3"), blake2b512: long("4") },
  key: hash("5"),
  tools: { snarkjs: "0.7.6" },
  time,
};
const announce: Entry = {
  type: "announce",
  beacon: { kind: "drand", chain: hash("6"), round: 1000 },
  due: "2026-11-26T14:00:00Z",
  time,
};
const contribution = (index: number, before: string, after: string): Entry => ({
  type: "contribution",
  index,
  name: "somebody",
  hash: long("7"),
  madeOn: null,
  before: hash(before),
  after: hash(after),
  time,
});
const beacon = (index: number, before: string, after: string): Entry => ({
  type: "beacon",
  index,
  evidence: { signature: "00ff" },
  randomness: hash("8"),
  hash: long("9"),
  before: hash(before),
  after: hash(after),
  time,
});
const final: Entry = { type: "final", key: hash("c"), verificationKey: hash("d"), time };

function textOf(entries: readonly Entry[]): string {
  let head: string | undefined;
  return entries
    .map((entry) => {
      const line = lineOf(head === undefined ? undefined : { head }, entry);
      head = line.head;
      return lineText(line);
    })
    .join("");
}

const whole = [
  init,
  contribution(1, "5", "a"),
  announce,
  contribution(2, "a", "b"),
  beacon(3, "b", "c"),
  final,
];

function refusal(text: string): string {
  try {
    parseTranscript(text, "here");
  } catch (error) {
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Error).message;
  }
  return "";
}

describe("a transcript", function () {
  it("is read as it was written", () => {
    const transcript = parseTranscript(textOf(whole), "here");
    expect(transcript.lines.map(({ entry }) => entry)).to.deep.equal(whole);
    expect(transcript).to.include({ key: hash("c"), isFinal: true });
    expect(transcript.contributions.map(({ index }) => index)).to.deep.equal([1, 2]);
    expect(transcript.head).to.equal(whole.reduce(headAfter, "0".repeat(64)));
    expect(parseTranscript(textOf(whole.slice(0, 1)), "here").key).to.equal(hash("5"));
  });

  it("names the heads that a contribution can be made on: those since the key", () => {
    const { lines, ...rest } = parseTranscript(textOf(whole.slice(0, 3)), "here");
    expect(headsOfKey({ lines, ...rest })).to.deep.equal(lines.slice(1).map(({ head }) => head));
  });

  it("is refused if a byte is changed, a line is missing, or two are exchanged", () => {
    const text = textOf(whole);
    const lines = text.split("\n").slice(0, -1);
    const join = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
    for (let i = 0; i < lines.length; i++) {
      if (i < lines.length - 1)
        expect(refusal(join(lines.toSpliced(i, 1))), `without line ${i + 1}`).to.contain("Line");
      if (i > 0)
        expect(refusal(join(lines.toSpliced(i - 1, 2, lines[i], lines[i - 1]))), `line ${i + 1}`).to.contain(
          "Line",
        );
    }
    for (let at = 0; at < text.length - 1; at += 7) {
      const changed = text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
      expect(refusal(changed), `byte ${at}`).to.contain("Line");
    }
  });

  it("leaves out a last line that is not whole, and only that", () => {
    const text = textOf(whole);
    for (const cut of [1, 20, 200])
      expect(parseTranscript(text.slice(0, -cut), "here").lines).to.have.length(whole.length - 1);
    expect(refusal("")).to.contain("missing");
    expect(refusal("no transcript\n")).to.contain("Line 1");
  });

  it("tells one story", () => {
    const refusals: [Entry[], string][] = [
      [[contribution(1, "5", "a")], "not where a ceremony begins"],
      [[init, init], "not where a ceremony begins"],
      [[init, contribution(2, "5", "a")], "contribution 2 in the place of 1"],
      [[init, contribution(1, "6", "a")], "another key"],
      [[init, contribution(1, "5", "a"), contribution(2, "5", "b")], "another key"],
      [[init, contribution(1, "5", "a"), beacon(2, "a", "b")], "nobody announced"],
      [[...whole.slice(0, 5), contribution(4, "c", "d")], "after the beacon"],
      [[...whole.slice(0, 5), announce], "after the beacon"],
      [[...whole, final], "after the end"],
    ];
    for (const [entries, why] of refusals) expect(refusal(textOf(entries))).to.contain(why);
  });

  it("bounds what it reads", () => {
    const long = { ...contribution(1, "5", "a"), name: "x".repeat(1000) } as Entry;
    expect(refusal(textOf([init, long]))).to.contain("Line 2");
    expect(refusal(`${" ".repeat(16_000_001)}\n`)).to.contain("more than a ceremony has");
  });
});
