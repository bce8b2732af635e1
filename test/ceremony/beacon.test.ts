import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { announceBeacon, applyBeacon } from "../../src/ceremony/beacon.js";
import { fetchBlockBeacon } from "../../src/ceremony/blockBeacon.js";
import { checkCeremony } from "../../src/ceremony/check.js";
import { contributeHere } from "../../src/ceremony/contribute.js";
import { QUICKNET, roundAt, timeOf } from "../../src/ceremony/drand.js";
import type { Entry } from "../../src/ceremony/entries.js";
import { openCeremony, type Ceremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import { utc } from "../../src/ceremony/time.js";
import { lineOf, lineText, parseTranscript } from "../../src/ceremony/transcript.js";
import { writeBinaryFile } from "../../src/groth16/binaryFile.js";
import { readContributions } from "../../src/phase2/readContributions.js";
import { SECTION } from "../../src/phase2/keyFile.js";
import { openSectionFile } from "../../src/phase2/openSectionFile.js";
import { refusalOf } from "../plugin/project.js";
import { smallCircuit } from "./circuit.js";

/** A round of drand that came out in 2023. */
const PAST = 657413;
const SIGNATURE =
  "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

describe("the beacon of a ceremony", function () {
  let made: Awaited<ReturnType<typeof smallCircuit>>;
  let folder: string;
  let ceremony: Ceremony;

  before(async () => {
    made = await smallCircuit();
    folder = made.circuit.ceremony;
    await initializeCeremony(made.circuit, made.ptau);
  });
  after(() => rm(made.folder, { recursive: true }));

  const failed = async (one: Pick<Ceremony, "transcript" | "key">) =>
    (await checkCeremony(one))
      .filter(({ state }) => state === "failed")
      .map(({ name, detail }) => `${name}: ${detail}`);

  it("is announced before it is known, and before the last contribution", async () => {
    const past = { kind: "drand", chain: QUICKNET.hash, round: PAST } as const;
    const due = utc(new Date(1000 * timeOf(QUICKNET, PAST)));
    expect(await refusalOf(() => announceBeacon(folder, past, due))).to.contain("could have chosen it");
    await contributeHere(folder, { name: "first" });
    expect(await refusalOf(() => applyBeacon(folder, { signature: SIGNATURE }))).to.contain("No beacon was");
    const round = roundAt(QUICKNET, Date.now() / 1000 + 7200);
    const future = { ...past, round };
    await announceBeacon(folder, future, utc(new Date(1000 * timeOf(QUICKNET, round))));
    expect(await refusalOf(() => applyBeacon(folder, { signature: SIGNATURE }))).to.contain(
      "since the beacon",
    );
    // Nobody has contributed since: another one cannot be a choice.
    const { ethers } = await network.create();
    const block = (await ethers.provider.getBlockNumber()) + 3;
    const source = { kind: "block", chainId: 31337, number: block } as const;
    await announceBeacon(folder, source, utc(new Date(Date.now() + 600_000)));
    ceremony = await contributeHere(folder, { name: "last" });
    expect(await refusalOf(() => announceBeacon(folder, future, "2099-01-01T00:00:00Z"))).to.contain(
      "already",
    );
    expect(await refusalOf(() => fetchBlockBeacon(ethers.provider, block))).to.contain("not final");
    expect(await failed(ceremony)).to.deep.equal(["beacon: a beacon was announced and is not there"]);

    await ethers.provider.send("evm_increaseTime", [3600]);
    await ethers.provider.send("hardhat_mine", ["0x100"]);
    const { header } = await fetchBlockBeacon(ethers.provider, block);
    expect(await refusalOf(() => applyBeacon(folder, { signature: SIGNATURE }))).to.contain("is not block");
    ceremony = await applyBeacon(folder, { header });
    expect(await failed(ceremony)).to.deep.equal([]);
    const { hash } = (await ethers.provider.getBlock(block))!;
    const last = readContributions(ceremony.key).contributions.at(-1)!;
    expect(last).to.deep.include({ type: "beacon", beacon: { exponent: 10, hash: hash!.slice(2) } });
    expect(ceremony.transcript.beacon).to.include({ index: 3, hash: last.hash });
    const [, , byWord] = await checkCeremony(ceremony);
    expect(byWord.detail).to.contain("that it was announced before it was known is the coordinator's word");
    const [first, second] = ceremony.transcript.contributions.map((one) => one.hash);
    const ofFirst = (await checkCeremony(ceremony, [first]))[2];
    expect(ofFirst.detail).to.contain("the coordinator's word");
    const [, , step] = await checkCeremony(ceremony, [second]);
    expect(step.detail).to.contain("announced before contribution 2, which is attested");
  });

  it("is not counted, and neither are contributions that nobody made", async () => {
    const [, enough] = await checkCeremony(ceremony, [ceremony.transcript.contributions[0].hash], 2);
    expect(enough.detail).to.equal("2 contributions, 1 of them attested by their hashes");
    const [, few] = await checkCeremony(ceremony, [], 3);
    expect(few).to.include({ state: "failed", detail: "2 contributions, fewer than 3" });
    const [, missing] = await checkCeremony(ceremony, ["0".repeat(128)]);
    expect(missing).to.include({ state: "failed" });
  });

  it("is the last contribution", async () => {
    expect(await refusalOf(() => contributeHere(folder, { name: "late" }))).to.contain(
      "no contributions any more",
    );
    const { transcript } = await openCeremony(folder);
    expect(transcript).to.deep.equal(ceremony.transcript);
  });

  it("is refused by the check of a transcript that was written again", async () => {
    const entries = ceremony.transcript.lines.map(({ entry }) => entry);
    const changed = async (change: (all: Entry[]) => Entry[], isUnbound = true): Promise<string> => {
      let head: string | undefined;
      const text = change(structuredClone(entries))
        .map((entry) => {
          // Points of the key are bound to the lines as they were.
          if (entry.type === "contribution" && isUnbound) entry.madeOn = null;
          const line = lineOf(head === undefined ? undefined : { head }, entry);
          head = line.head;
          return lineText(line);
        })
        .join("");
      try {
        return (await failed({ transcript: parseTranscript(text, "it"), key: ceremony.key })).join();
      } catch (error) {
        return (error as Error).message;
      }
    };
    const edit = (type: Entry["type"], more: object) =>
      changed((all) =>
        all.map((entry, i) =>
          i === all.findLastIndex((one) => one.type === type) ? { ...entry, ...more } : entry,
        ),
      );
    expect(await changed((all) => all, false)).to.equal("");
    expect(
      await changed(([init, ...all]) => [{ ...init, time: "2020-01-01T00:00:00Z" }, ...all], false),
    ).to.contain("was not made on the transcript that it names");
    expect(await changed((all) => all)).to.equal("");
    const late = { time: "2099-01-01T00:00:00Z" };
    expect(await edit("announce", late)).to.contain("announced when it was known");
    expect(await edit("contribution", late)).to.contain("later than the beacon");
    expect(await edit("announce", { beacon: { kind: "block", chainId: 1, number: 5 } })).to.contain(
      "not the randomness",
    );
    expect(await edit("beacon", { randomness: "0".repeat(64) })).to.contain("not the randomness");
    expect(await edit("beacon", { hash: "0".repeat(128) })).to.contain("contribution 3 of the key is not");
    // Both announcements before the first contribution.
    expect(await changed(([init, first, one, two, ...rest]) => [init, one, two, first, ...rest])).to.equal(
      "",
    );
    // After the last contribution.
    expect(
      await changed(([init, first, one, two, last, beacon]) => [init, first, last, one, two, beacon]),
    ).to.contain("announced after the last contribution");
  });

  it("is no beacon whose type was changed in the key", async () => {
    const file = openSectionFile(ceremony.key, "zkey");
    const section = file.read(SECTION.contributions);
    // Its parameters are the last: type, their length, name, exponent and hash of the beacon.
    const { length } = Buffer.from(readContributions(ceremony.key).contributions.at(-1)!.name!);
    const end = section.length - (8 + 2 + length + 2 + 2 + 32);
    const eve = Buffer.from([0, 0, 0, 0, 5, 0, 0, 0, 1, 3, ...Buffer.from("eve")]);
    const key = join(made.folder, "eve.zkey");
    await writeBinaryFile(
      key,
      "zkey",
      1,
      file.ids.map((id) => ({
        id,
        pieces: id === SECTION.contributions ? [section.subarray(0, end), eve] : file.pieces(id),
      })),
    );
    file.close();
    expect(readContributions(key).contributions.at(-1)).to.include({ type: "contribution", name: "eve" });
    expect(await failed({ ...ceremony, key })).to.deep.equal([
      "contributions: contribution 3 is a contribution in the key, a beacon in the transcript",
      "beacon: the key has another beacon than the transcript",
    ]);
  });
});
