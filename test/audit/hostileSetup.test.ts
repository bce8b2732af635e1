import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { pathsIn } from "../../src/artifacts/paths.js";
import { auditDeltas } from "../../src/audit/deltas.js";
import { auditSetup } from "../../src/audit/setup.js";
import type { AuditStep } from "../../src/audit/steps.js";
import type { KeyedCircuit } from "../../src/ceremony/circuits.js";
import type { Entry, Line } from "../../src/ceremony/entries.js";
import { lineOf, lineText, parseTranscript, type Transcript } from "../../src/ceremony/transcript.js";
import { contributeFile } from "../../src/phase2/contribute/contributeFile.js";
import { finishedCircuit, keyed } from "./finished.js";

const HASH = "ab".repeat(32);

describe("the audit of a hostile ceremony", function () {
  let made: Awaited<ReturnType<typeof finishedCircuit>>;
  let honest: string;
  let place: string;

  before(async () => {
    made = await finishedCircuit();
    place = join(made.circuit.ceremony, "transcript.jsonl");
    honest = await readFile(place, "utf8");
  });
  beforeEach(() => writeFile(place, honest));
  after(() => rm(made.folder, { recursive: true }));

  const audit = (circuits: readonly KeyedCircuit[], attested: readonly string[] = [], minContributions = 1) =>
    auditSetup({ circuits }, { ptau: made.ptau, attested, minContributions });
  const wrong = (steps: readonly AuditStep[]): string =>
    steps
      .filter(({ state }) => state === "failed")
      .map(({ name, detail }) => `${name}: ${detail}`)
      .join("\n");

  /** Chains entries again after a change: a forger's transcript is in order. */
  async function rewrite(change: (entries: Entry[]) => Entry[]): Promise<Transcript> {
    const lines: Line[] = [];
    for (const entry of change(made.transcript.lines.map((line) => structuredClone(line.entry))))
      lines.push(lineOf(lines.at(-1), entry));
    await writeFile(place, lines.map(lineText).join(""));
    return parseTranscript(lines.map(lineText).join(""), "it");
  }

  /** What an audit says of a transcript that was changed, by a manifest that goes with it. */
  async function ofTranscript(change: (entries: Entry[]) => Entry[]): Promise<string> {
    try {
      return wrong(await audit([await keyed(made.circuit, await rewrite(change))]));
    } catch (error) {
      return (error as Error).message;
    }
  }

  const edit =
    <Type extends Entry["type"]>(type: Type, more: Partial<Extract<Entry, { type: Type }>>, index = 0) =>
    (entries: Entry[]): Entry[] => {
      const at = entries.flatMap((entry, i) => (entry.type === type ? [i] : []))[index];
      return entries.map((entry, i) => (i === at ? { ...entry, ...more } : entry));
    };

  it("passes an honest one, and promises no more than it shows", async () => {
    const { contributions } = made.transcript;
    const steps = await audit([made.circuit]);
    expect(steps.map(({ state }) => state)).to.not.include("failed");
    const said = steps.map(({ detail }) => detail).join("\n");
    expect(said).to.contain("2 contributions, none of them attested: one party can have made them all");
    expect(said).to.contain("of no public ceremony that is known here, with one contribution");
    // One's own hash twice is one contribution.
    const own = contributions[1].hash;
    const attested = (await audit([made.circuit], [own, own.toUpperCase()])).map(({ detail }) => detail);
    expect(attested.join()).to.contain("2 contributions, 1 of them attested");
    expect(wrong(await audit([made.circuit], [], 3))).to.contain("2 contributions, fewer than 3");
    expect(wrong(await audit([made.circuit], ["0".repeat(128)]))).to.contain("there is no contribution");
  });

  it("refuses a transcript that is in order and of something else", async () => {
    const { init } = made.transcript;
    const changes: [(entries: Entry[]) => Entry[], RegExp][] = [
      [edit("init", { r1cs: HASH }), /was of another circuit/],
      [edit("init", { csHash: HASH + HASH }), /another circuit's hash/],
      [edit("init", { domain: 2 * init.domain }), /is of another circuit/],
      [edit("init", { ptau: { ...init.ptau, power: 28 } }), /another power/],
      [edit("init", { ptau: { ...init.ptau, blake2b512: HASH + HASH } }), /another power or blake2b/],
      [
        edit("init", { ptau: { ...init.ptau, sha256: HASH } }),
        /are not the file that the key was begun with/,
      ],
      [edit("init", { key: HASH }), /another key than the one before/],
      [edit("init", { circuit: "cube\u001b[2J" }), /control characters/],
      [edit("contribution", { name: "\r✔ fine" }), /control characters/],
      [edit("contribution", { hash: HASH + HASH }), /contribution 1 of the key is not the transcript's/],
      [edit("contribution", { madeOn: HASH }), /contribution 1 was not made on the transcript/],
      [edit("final", { key: HASH }), /ends with another key/],
      [edit("final", { verificationKey: HASH }), /ends with another verification key/],
      [(all) => all.filter(({ type }) => type !== "final"), /the ceremony is not finished/],
      [(all) => all.slice(0, 1), /the key has 2 contributions, the transcript 0/],
      [(all) => [...all, all[all.length - 1]], /comes after the end/],
      // All keys named by other hashes, in one story.
      [
        (all) =>
          all.map((entry) => {
            if (entry.type === "contribution" && entry.index === 2) return { ...entry, after: HASH };
            return entry.type === "final" ? { ...entry, key: HASH } : entry;
          }),
        /ends with another proving key/,
      ],
    ];
    for (const [change, why] of changes) expect(await ofTranscript(change)).to.match(why);
  });

  it("refuses beacons that were announced too late, twice, or are of another source", async () => {
    const announce = (round: number, time: string): Entry => ({
      type: "announce",
      beacon: {
        kind: "drand",
        chain: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        round,
      },
      due: "2099-01-01T00:00:00Z",
      time,
    });
    const early = announce(657413, "2023-09-01T00:00:00Z");
    const after =
      (index: number, ...more: Entry[]) =>
      (all: Entry[]) => [...all.slice(0, index + 1), ...more, ...all.slice(index + 1)];
    expect(await ofTranscript(after(1, early))).to.contain("a beacon was announced and is not there");
    expect(await ofTranscript(after(2, early))).to.contain("a beacon was announced and is not there");
    const twice = (all: Entry[]) => after(3, early)(after(1, early)(all));
    expect(await ofTranscript(twice)).to.contain("announces another beacon");
  });

  it("reads a long transcript in little time, and refuses more lines than a ceremony has", async () => {
    const [line] = honest.split("\n");
    const lines: Line[] = [JSON.parse(line) as Line];
    const due = "2099-01-01T00:00:00Z";
    for (let round = 1; round <= 10_000; round++)
      lines.push(
        lineOf(lines.at(-1), {
          type: "announce",
          beacon: { kind: "block", chainId: 1, number: round },
          due,
          time: due,
        }),
      );
    const parse = (count: number) => parseTranscript(lines.slice(0, count).map(lineText).join(""), "it");
    expect(parse(10_000).announcements).to.have.length(9_999);
    expect(() => parse(10_001)).to.throw("no ceremony has so many");
  });

  it("refuses another key, verification key or manifest than the ceremony's", async () => {
    const { zkey, verificationKey } = pathsIn(made.circuit.folder);
    const [key, text] = [await readFile(zkey), await readFile(verificationKey, "utf8")];
    await contributeFile({ from: zkey, to: `${zkey}.more`, name: "provider" });
    await copyFile(`${zkey}.more`, zkey);
    const more = await audit([made.circuit]);
    expect(wrong(more)).to.contain("the key has 3 contributions, the transcript 2");
    // Nothing long is done for a key that is refused already.
    expect(more.at(-1)).to.include({ state: "skipped" });
    await writeFile(zkey, Buffer.concat([key, Buffer.from([0])]));
    expect(wrong(await audit([made.circuit]))).to.contain("1 bytes follow the last section");
    await writeFile(zkey, key.subarray(0, 900));
    expect(wrong(await audit([made.circuit]))).to.contain("cut off");
    await writeFile(zkey, key);
    await writeFile(verificationKey, text.replace(/"(\d{20,})"/, '"1"'));
    expect(wrong(await audit([made.circuit]))).to.contain("verification_key.json is not the key's");
    await writeFile(verificationKey, text);
    const { manifest } = made.circuit;
    for (const more of [
      { transcript: HASH },
      { contributionHashes: [...manifest.ceremony.contributionHashes, HASH + HASH] },
      { beacon: HASH + HASH },
      { powersOfTau: { power: 28, blake2b512: made.ptau.blake2b512 } },
      { ptauHash: HASH },
    ]) {
      const ceremony = { ...manifest.ceremony, ...more };
      expect(
        wrong(await audit([{ ...made.circuit, manifest: { ...manifest, ceremony } }])),
        JSON.stringify(more),
      ).to.match(/the manifest names|manifest say/);
    }
    const single = { ...made.circuit, manifest: { ...manifest, setup: "single-contributor" as const } };
    expect(wrong(await audit([single]))).to.contain("one contributor, who can forge");
  });

  it("refuses two keys of one model whose contributors used one secret for both", async () => {
    const { zkey } = pathsIn(made.circuit.folder);
    const bytes = await readFile(zkey);
    const q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
    // y of delta1, in the header behind the first section: its opposite has the same x.
    const at = 12 + (12 + 4) + 12 + 468 + 32;
    const y = BigInt(
      `0x${Buffer.from(bytes.subarray(at, at + 32))
        .reverse()
        .toString("hex")}`,
    );
    const opposite = join(made.folder, "opposite.zkey");
    Buffer.from((q - y).toString(16).padStart(64, "0"), "hex")
      .reverse()
      .copy(bytes, at);
    await writeFile(opposite, bytes);
    const said = async (other: string) =>
      wrong(
        await auditDeltas([
          { name: "digits-segment-1", key: zkey },
          { name: "digits-segment-2", key: other },
        ]),
      );
    for (const other of [zkey, opposite])
      expect(await said(other)).to.match(
        /^deltas: the keys of digits-segment-1 and digits-segment-2 have the same delta/,
      );
    expect(await said(join(made.circuit.ceremony, "cube-0.zkey"))).to.equal("");
    expect(await said(join(made.folder, "none.zkey"))).to.contain("cannot be read");
    expect(await auditDeltas([{ name: "digits", key: zkey }])).to.deep.equal([]);
  });
});
