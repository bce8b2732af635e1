import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import { expect } from "chai";
import { pack, type Header } from "tar-stream";
import { hashFile } from "../../src/artifacts/hash.js";
import { unpackBundle } from "../../src/audit/bundle.js";
import { describeAudit } from "../../src/audit/describe.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

/** An entry of an archive: `manifest.json` with an empty object, but for what is said. */
type Entry = Partial<Header> & { readonly text?: string };

describe("a stranger's bundle", function () {
  let place: string;

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), "bundle-"));
  });
  afterEach(() => rm(place, { recursive: true }));

  let calls = 0;

  /** What unpacking is refused with, and that nothing lies outside of the folder. */
  async function refusal(bytes: Buffer): Promise<string> {
    // A folder of its own each time: what was refused may still be about to make one.
    const unpacked = `unpacked-${calls++}`;
    const [file, folder] = [join(place, "stranger.tgz"), join(place, unpacked, "here")];
    await writeFile(file, bytes);
    const error = await unpackBundle(file, folder).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const beside = (await readdir(place)).filter((name) => !name.startsWith("unpacked-"));
    expect(beside).to.deep.equal(["stranger.tgz"]);
    const found = await readdir(join(place, unpacked)).catch(() => []);
    expect(found.filter((name) => name !== "here")).to.deep.equal([]);
    if (error === undefined) return "";
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Error).message;
  }

  async function tar(...entries: readonly Entry[]): Promise<Buffer> {
    const archive = pack();
    for (const { text = "{}", ...header } of entries)
      archive.entry({ name: "manifest.json", ...header }, text);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  const zip = async (...entries: readonly Entry[]): Promise<Buffer> => gzipSync(await tar(...entries));

  it("can hold only files of a build, each once", async () => {
    for (const name of [
      ...["../manifest.json", "/etc/passwd", "a/../../x.json", "batch-2/../main.r1cs", "batch-2//main.r1cs"],
      ...["ceremony/../x/transcript.jsonl", "ceremony/.x/transcript.jsonl", "ceremony/a/b/transcript.jsonl"],
      ...[
        "model/../x.pt2",
        "model/.pt2",
        "model/evil.pt2",
        "model/model.pt2/x",
        "main_js/main.wasm",
        "weights.private.json",
      ],
      ...[".stages/link.json", "package.json/x", "C:\\x.json", "x\u001b[2K.json", "MAIN.R1CS"],
      `${"a".repeat(300)}/x.json`,
    ])
      expect(await refusal(await zip({ name })), name).to.match(/it has "|Invalid/);
    for (const type of ["symlink", "link", "fifo", "directory", "character-device", "block-device"] as const)
      expect(await refusal(await zip({ type, linkname: "/etc/passwd", text: "" })), type).to.contain(
        "it has",
      );
    expect(await refusal(await zip({}, {}))).to.contain("EEXIST");
    expect(await refusal(await zip({ name: "recipe.json" }))).to.contain("it has no manifest");
    // The name in a pax header counts, and not the one before it.
    expect(await refusal(await zip({ pax: { path: "../../x.json" } }))).to.contain('it has "../../x.json"');
    expect(await refusal(await zip({ pax: { size: "-1" } }))).to.contain("Invalid");
    expect(await refusal(await zip({ pax: { size: "99999999999999" } }))).to.contain("Unexpected end");
    expect(await refusal(await zip({ name: "model/model.pt2" }, {}))).to.equal("");
  });

  it("is refused where it is cut off, or is none", async () => {
    const whole = await zip({ text: "x".repeat(5000) });
    for (const length of [0, 1, 9, 20, whole.length - 8, whole.length - 1])
      expect(await refusal(whole.subarray(0, length)), String(length)).to.contain("is not a bundle");
    expect(await refusal(Buffer.from("PK\u0003\u0004"))).to.contain("is not a bundle");
    expect(await refusal(gzipSync(Buffer.alloc(10_000, 7)))).to.contain("is not a bundle");
    const bytes = await tar({});
    bytes[0] ^= 1;
    expect(await refusal(gzipSync(bytes))).to.contain("is not a bundle");
  });

  it("cannot fill disk or memory", async () => {
    const size = 24 * 2 ** 20;
    const bomb = await zip({ name: "proving.zkey", text: "\0".repeat(size) });
    expect(bomb.length).to.be.lessThan(size / 400);
    expect(await refusal(bomb)).to.contain("far more than a build has");
    // Behind the archive's end, and in a header.
    const [end, zeros] = [await zip({}), gzipSync(Buffer.alloc(size))];
    expect(await refusal(Buffer.concat([end, zeros]))).to.contain("far more than a build has");
    expect(await refusal(await zip({ pax: { comment: "x".repeat(2 ** 23) } }))).to.contain("Header exceeds");
    const many = await zip(
      ...Array.from({ length: 2_001 }, (_, i) => ({ name: `${letters(i)}.json`, text: "" })),
    );
    expect(await refusal(many)).to.contain("more files than a build has");
  });

  it("is known by the hash of the bytes that were unpacked", async () => {
    const file = join(place, "x.tgz");
    const archive = pack();
    archive.entry({ name: "manifest.json" }, "{}");
    archive.finalize();
    await pipeline(archive, createGzip(), createWriteStream(file));
    expect(await unpackBundle(file, join(place, "to"))).to.equal(await hashFile(file));
    expect(await readFile(join(place, "to", "manifest.json"), "utf8")).to.equal("{}");
  });

  it("draws no ticks on the terminal, and an audit that shows nothing has not passed", () => {
    const evil = "wrong\u001b[2K\r\n  ✔ circuit: the same\u202e\u0007";
    const step = { name: "x", state: "failed" as const, detail: evil };
    expect(describeAudit("iris", [step])).to.deep.equal([
      "Audit of iris:",
      "  ✘ x: wrong [2K   ✔ circuit: the same ",
      "The audit FAILED: 1 of 1 steps.",
    ]);
    const skipped = { name: "circuit", state: "skipped" as const, detail: "private" };
    expect(describeAudit("iris", [skipped]).at(-1)).to.match(/INCOMPLETE.* 1 could not be done/);
  });
});

function letters(i: number): string {
  return [...String(i)].map((digit) => String.fromCharCode(97 + Number(digit))).join("");
}
