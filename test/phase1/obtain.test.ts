import { expect } from "chai";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createProgress, type Progress } from "../../src/progress/progress.js";
import { KnownFiles } from "../../src/phase1/known.js";
import { obtainPowersOfTau } from "../../src/phase1/obtain.js";
import { publicFile } from "../../src/phase1/publicFiles.js";
import { requireSamePtau, requireUnchanged } from "../../src/phase1/same.js";
import type { PtauSource } from "../../src/phase1/source.js";
import { writeContributedPowersOfTau } from "../helpers/contributedPowersOfTau.js";
import { writeDevelopmentPowersOfTau } from "../helpers/developmentPowersOfTau.js";
import { FileServer, honest } from "../helpers/fileServer.js";
import { refusalOf, temporaryFolder } from "../plugin/project.js";

describe("Obtaining powers of tau", function () {
  const folder = temporaryFolder();
  /** One with a true contribution, and one whose contribution nobody made. */
  const [contributed, vouchedFor] = ["contributed.ptau", "vouched.ptau"].map((name) => join(folder, name));
  const hash = (path: string, algorithm = "sha256") =>
    createHash(algorithm).update(readFileSync(path)).digest("hex");
  let cacheDir: string;
  let lines: string[];

  before(async () => {
    await writeContributedPowersOfTau(3, contributed);
    await writeDevelopmentPowersOfTau(3, vouchedFor, 1);
  });
  beforeEach(() => {
    cacheDir = temporaryFolder();
    lines = [];
  });

  /** Keeps what is shown, and the stages that said how far they are. */
  const recorded = (): Progress => ({
    stage: (name) => {
      const index = lines.push(name) - 1;
      return {
        update: (fraction) => {
          expect(fraction).to.be.within(0, 1);
          lines[index] = `${name} …`;
        },
        done: () => undefined,
        fail: () => lines.push(`${name} failed`),
      };
    },
    note: (line) => lines.push(line),
  });
  const obtain = (source: PtauSource, size = 7) =>
    obtainPowersOfTau(
      { source, size, cacheDir, trouble: { attempts: 2, pause: async () => undefined } },
      recorded(),
    );
  const refusal = (source: PtauSource, size?: number) => refusalOf(() => obtain(source, size));

  it("verifies a file of an unknown hash, once on a machine", async () => {
    const { path, power, sha256, blake2b512 } = await obtain({ path: contributed });
    expect({ path, power, sha256, blake2b512 }).to.deep.equal({
      path: contributed,
      power: 3,
      sha256: hash(contributed),
      blake2b512: hash(contributed, "blake2b512"),
    });
    expect(lines.map((line) => line.split(":")[0])).to.deep.equal([
      "Powers of tau",
      "Hash contributed.ptau …",
      "Verify the powers of tau, once for this file …",
    ]);
    expect(lines[0]).to.contain("2^3").and.to.contain(" MB").and.to.contain(contributed);
    lines = [];
    await obtain({ path: contributed });
    // The same content elsewhere is hashed again, and not verified again.
    const copy = join(temporaryFolder(), "copy.ptau");
    copyFileSync(contributed, copy);
    await obtain({ path: copy });
    expect(lines.map((line) => line.split(":")[0])).to.deep.equal([
      "Powers of tau",
      "Powers of tau",
      "Hash copy.ptau …",
    ]);
    // Written to since: with the same content it is known, with another it is not.
    utimesSync(copy, 1, 1);
    await obtain({ path: copy });
    expect(lines.at(-1)).to.equal("Hash copy.ptau …");
  });

  it("refuses powers that do not verify", async () => {
    expect(await refusal({ path: vouchedFor })).to.contain("cannot be used");
    const bytes = readFileSync(contributed);
    // The third and the fourth power of tau change places. Section 2 follows the header and its own head.
    const at = 12 + 12 + 44 + 12 + 3 * 64;
    const [third, fourth] = [0, 64].map((offset) =>
      Buffer.from(bytes.subarray(at + offset, at + offset + 64)),
    );
    bytes.set(fourth, at);
    bytes.set(third, at + 64);
    const swapped = join(folder, "swapped.ptau");
    writeFileSync(swapped, bytes);
    expect(await refusal({ path: swapped })).to.contain("Powers do not match");
    // Whoever vouches for it by its hash may use it: the verifier is not asked.
    await obtain({ path: swapped, sha256: hash(swapped) });
  });

  it("takes a file by its hash without a verification, and refuses another", async () => {
    await obtain({ path: vouchedFor, sha256: hash(vouchedFor) });
    expect(lines).to.have.length(2);
    expect(await refusal({ path: vouchedFor, sha256: "0".repeat(64) })).to.contain(
      `the sha256 ${hash(vouchedFor)}, not 0`,
    );
    expect(await refusal({ path: contributed, sha256: hash(contributed) }, 8)).to.contain("too few");
  });

  it("downloads a file once, into the cache, and shows that before", async () => {
    await using server = await FileServer.start(
      readFileSync(vouchedFor),
      (_, response) => void response.writeHead(503).end(),
      honest,
    );
    const source = { url: server.url, sha256: hash(vouchedFor) };
    const { path } = await obtain(source);
    expect(path).to.equal(join(cacheDir, "ptau", `${source.sha256}.ptau`));
    expect(readFileSync(path).equals(readFileSync(vouchedFor))).to.equal(true);
    expect(lines[0]).to.contain(server.url).and.to.contain(path);
    expect(lines[1]).to.match(/^Download .* …$/);
    expect(lines).to.have.length(3);
    const requests = server.asked.length;
    lines = [];
    await obtain({ ...source, url: "http://127.0.0.1:1/elsewhere" });
    // Hashed on its way: nothing reads it again.
    expect(lines).to.have.length(1);
    expect(server.asked).to.have.length(requests);
  });

  it("says where a file is to be put by hand, and takes it from there", async () => {
    const source = { url: "http://127.0.0.1:1/a.ptau", sha256: hash(vouchedFor) };
    const place = join(cacheDir, "ptau", `${source.sha256}.ptau`);
    const refused = await refusal(source);
    for (const part of [source.url, source.sha256, `put it at ${place}`]) expect(refused).to.contain(part);
    copyFileSync(contributed, place);
    expect(await refusal(source))
      .to.contain("have the sha256")
      .and.to.contain("Delete the file");
    expect(existsSync(place)).to.equal(true);
    copyFileSync(vouchedFor, place);
    expect((await obtain(source)).path).to.equal(place);
  });

  it("knows the files of the public ceremony by their hashes, wherever they come from", async () => {
    const { name, blake2b512 } = publicFile(8)!;
    const place = join(cacheDir, "ptau", name);
    mkdirSync(join(cacheDir, "ptau"));
    const forged = join(folder, "forged.ptau");
    await writeDevelopmentPowersOfTau(8, forged, 1);
    copyFileSync(forged, place);
    const refused = await refusal("hermez", 200);
    expect(refused).to.contain(`the blake2b512 ${hash(forged, "blake2b512")}, not ${blake2b512}`);
    expect(await refusal("hermez", 2 ** 28)).to.contain("no powers of tau have more than 2^28");
  });

  it("goes on without what it remembers", async () => {
    const known = new KnownFiles(join(cacheDir, "ptau"));
    const hashes = { sha256: hash(contributed), blake2b512: hash(contributed, "blake2b512") };
    await known.keepHashes(contributed, hashes);
    await known.keepVerified(hashes.sha256, "any");
    for (const kind of ["hashes", "verified"])
      for (const file of readdirSync(join(cacheDir, "ptau", kind)))
        writeFileSync(join(cacheDir, "ptau", kind, file), "{");
    await obtain({ path: contributed });
    // A file where a folder should be: nothing can be kept, and nothing need be.
    cacheDir = join(temporaryFolder(), "file");
    writeFileSync(cacheDir, "");
    await obtain({ path: contributed });
  });

  it("says it where another file is used than at first, or it is written to meanwhile", async () => {
    const own = join(temporaryFolder(), "own.ptau");
    copyFileSync(vouchedFor, own);
    const file = await obtainPowersOfTau(
      { source: { path: own, sha256: hash(own) }, size: 1, cacheDir },
      createProgress({ silent: true }),
    );
    requireSamePtau(hash(own), file);
    expect(() => requireSamePtau(hash(contributed), file)).to.throw(
      `${own} (2^3, sha256 ${hash(own)}) are not the file`,
    );
    expect(() => requireSamePtau(null, file)).to.throw("development setup");
    await requireUnchanged(file);
    utimesSync(own, 1, 1);
    expect(await refusalOf(() => requireUnchanged(file))).to.contain("were changed");
  });
});
