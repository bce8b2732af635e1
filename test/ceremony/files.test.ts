import { appendFile, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { snarkjs } from "../contracts/helpers/snarkjs.js";
import { contributeHere, takeContribution } from "../../src/ceremony/contribute.js";
import { contributeAway } from "../../src/ceremony/contributeAway.js";
import { openCeremony, type Ceremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import { readReceipt } from "../../src/ceremony/readReceipt.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { verifyBoth } from "../../src/phase2/verifyBoth.js";
import { smallCircuit } from "./circuit.js";

describe("a ceremony over files", function () {
  let made: Awaited<ReturnType<typeof smallCircuit>>;
  let ceremony: Ceremony;
  let place: string;
  /** Where contributors work. */
  let away: string;

  before(async () => {
    made = await smallCircuit();
    place = made.circuit.ceremony;
    away = join(made.folder, "away");
    await mkdir(away);
    ceremony = await initializeCeremony(made.circuit, made.ptau);
  });
  after(() => rm(made.folder, { recursive: true }));

  /** Gives a contributor the key, with the transcript or not. */
  async function give(name: string, withTranscript = true): Promise<string> {
    const folder = join(away, name);
    await mkdir(folder);
    const key = join(folder, `cube-${ceremony.transcript.contributions.length}.zkey`);
    await copyFile(ceremony.key, key);
    if (withTranscript) await copyFile(join(place, "transcript.jsonl"), join(folder, "transcript.jsonl"));
    return key;
  }

  const refused = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    return `${(error as Torch2CircomError).problem} ${(error as Torch2CircomError).remedy}`;
  };

  it("begins once, with circuit, powers of tau and a key without contributions", async () => {
    const { init, contributions } = ceremony.transcript;
    expect(init).to.include({ circuit: "cube", publicSignals: 2, wires: 4, domain: 8 });
    expect(init.ptau).to.include({ power: 4, sha256: made.ptau.sha256, blake2b512: made.ptau.blake2b512 });
    expect(contributions).to.deep.equal([]);
    expect(await refused(initializeCeremony(made.circuit, made.ptau))).to.contain("already");
  });

  it("takes a contribution made elsewhere, on the transcript, and gives a receipt", async () => {
    const key = await give("alice");
    const result = await contributeAway({ key, name: "Alice\u0007 Å", typed: "dice" });
    expect(result.key).to.equal(join(away, "alice", "cube-1.zkey"));
    expect(await readReceipt(result.receiptFile)).to.deep.equal(result.receipt);
    const { head } = ceremony.transcript;
    ceremony = await takeContribution(place, result.key);
    const [entry] = ceremony.transcript.contributions;
    expect(entry).to.include({ index: 1, name: "Alice  Å", hash: result.receipt.hash, madeOn: head });
    expect(result.receipt).to.include({
      index: 1,
      transcript: head,
      before: entry.before,
      after: entry.after,
    });
    expect((await openCeremony(place)).transcript).to.deep.equal(ceremony.transcript);
    // Nothing is written over, the receipt of a key that was sent away included.
    expect(await refused(contributeAway({ key, name: "Alice" }))).to.contain("is there already");
    await rename(result.key, `${result.key}.sent`);
    expect(await refused(contributeAway({ key, name: "Alice" }))).to.contain("the receipt of a contribution");
    expect(await readReceipt(result.receiptFile)).to.deep.equal(result.receipt);
    await rename(`${result.key}.sent`, result.key);
  });

  it("takes a contribution of snarkjs, which is made on no transcript", async () => {
    const key = await give("bob", false);
    const next = key.replace("-1", "-2");
    await snarkjs.zKey.contribute(key, next, "Bob", "some text");
    ceremony = await takeContribution(place, next);
    expect(ceremony.transcript.contributions[1]).to.include({ index: 2, name: "Bob", madeOn: null });
  });

  it("contributes where it is coordinated", async () => {
    const fractions: number[] = [];
    ceremony = await contributeHere(place, { name: "coordinator", onProgress: (x) => fractions.push(x) });
    expect(fractions.at(-1)).to.equal(1);
    const head = (await readFile(join(place, "transcript.jsonl"), "utf8")).split("\n").at(-3)!;
    expect(ceremony.transcript.contributions[2].madeOn).to.equal((JSON.parse(head) as { head: string }).head);
    expect((await readdir(place)).sort()).to.deep.equal(["cube-0.zkey", "cube-3.zkey", "transcript.jsonl"]);
    const files = { r1cs: join(made.circuit.folder, "main.r1cs"), ptau: made.ptau.path, zkey: ceremony.key };
    expect(await verifyBoth(files)).to.include({ ok: true });
  });

  it("refuses what is not its key with one contribution more, and stays as it is", async () => {
    const before = ceremony.transcript.head;
    // Made on an older key, while others came.
    const late = join(away, "alice", "late.zkey");
    await snarkjs.zKey.contribute(join(away, "alice", "cube-0.zkey"), late, "late", "text");
    expect(await refused(takeContribution(place, late))).to.contain("was made on contribution 0");
    expect(await refused(takeContribution(place, join(away, "alice", "cube-1.zkey")))).to.contain(
      "an older key",
    );
    expect(await refused(takeContribution(place, ceremony.key))).to.contain("no new contribution");
    const [one, two] = ["one", "two"].map((name) => join(away, `${name}.zkey`));
    await snarkjs.zKey.contribute(ceremony.key, one, "one", "text");
    await snarkjs.zKey.contribute(one, two, "two", "text");
    expect(await refused(takeContribution(place, two))).to.contain("one by one");
    const broken = await readFile(one);
    // In section 5, which no contribution changes.
    broken[broken.length >> 1] ^= 1;
    await writeFile(two, broken);
    expect(await refused(takeContribution(place, two))).to.contain("is refused");
    await writeFile(two, broken.subarray(0, 1000));
    expect(await refused(takeContribution(place, two))).to.contain("cut off");
    expect(await refused(takeContribution(place, join(away, "nothing.zkey")))).to.contain("cannot be read");
    expect((await openCeremony(place)).transcript.head).to.equal(before);
    expect((await readdir(place)).sort()).to.deep.equal(["cube-0.zkey", "cube-3.zkey", "transcript.jsonl"]);
  });

  it("tells a contributor of a key that is not the transcript's", async () => {
    const key = await give("carol");
    await copyFile(join(away, "alice", "cube-0.zkey"), key);
    expect(await refused(contributeAway({ key, name: "Carol" }))).to.contain(
      "is not the key that the transcript",
    );
    const transcript = join(away, "carol", "transcript.jsonl");
    const text = await readFile(transcript, "utf8");
    await writeFile(transcript, text.replace('"name":"Bob"', '"name":"Eve"'));
    expect(await refused(contributeAway({ key, name: "Carol" }))).to.contain("Line 3");
    expect(await readdir(join(away, "carol"))).to.have.length(2);
  });

  it("goes on after an interruption at any point", async () => {
    const { head } = ceremony.transcript;
    // A key that came before its line, a line that was not written to its end, and work that was left.
    await copyFile(ceremony.key, join(place, "cube-4.zkey"));
    await appendFile(join(place, "transcript.jsonl"), '{"head":"00');
    await mkdir(join(place, ".work"));
    await writeFile(join(place, ".work", "next.zkey"), "half");
    expect((await openCeremony(place)).transcript.head).to.equal(head);
    ceremony = await contributeHere(place, { name: "again" });
    expect(ceremony.transcript.contributions).to.have.length(4);
    expect((await openCeremony(place)).transcript).to.deep.equal(ceremony.transcript);
    expect((await readdir(place)).sort()).to.deep.equal(["cube-0.zkey", "cube-4.zkey", "transcript.jsonl"]);
  });

  it("names a key that was lost or changed", async () => {
    const bytes = await readFile(ceremony.key);
    await rm(ceremony.key);
    expect(await refused(openCeremony(place))).to.contain("is not the key that the transcript names");
    await writeFile(ceremony.key, bytes);
    expect((await openCeremony(place)).key).to.equal(ceremony.key);
  });
});
