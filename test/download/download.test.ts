import { expect } from "chai";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { download, type DownloadParameters } from "../../src/download/download.js";
import { downloadOnce } from "../../src/download/downloadOnce.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { breakingOff, FileServer, honest, type Answer } from "../helpers/fileServer.js";
import { temporaryFolder } from "../plugin/project.js";

const FILE = randomBytes(300_000);
const blake2b512 = createHash("blake2b512").update(FILE).digest("hex");
const sha256 = createHash("sha256").update(FILE).digest("hex");

/** Sends all of the file, whatever range is asked for. */
const withoutRanges: Answer = (_, response, file) =>
  void response.writeHead(200, { etag: '"one"', "content-length": file.length }).end(file);

const status =
  (code: number): Answer =>
  (_, response) =>
    void response.writeHead(code).end("sorry");

describe("A download", function () {
  let pauses: number[];
  let root: string;

  beforeEach(() => {
    pauses = [];
    root = temporaryFolder();
  });

  const parameters = (server: FileServer): DownloadParameters => ({
    url: server.url,
    onProgress: (done) => server.received(done),
    path: join(root, "file.ptau"),
    folder: join(root, "unfinished"),
    mostBytes: 400_000,
    expected: { algorithm: "blake2b512", digest: blake2b512 },
    attempts: 3,
    pause: async (failures) => void pauses.push(failures),
  });
  const refusal = async (run: Promise<unknown>): Promise<Torch2CircomError> => {
    const error = await run.then(
      () => expect.fail("it was not refused"),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    return error as Torch2CircomError;
  };
  const isThere = () => readFileSync(join(root, "file.ptau")).equals(FILE);
  const leftovers = () => readdirSync(join(root, "unfinished"));

  it("gives the file under its name, with its hashes and its progress", async () => {
    await using server = await FileServer.start(FILE);
    const seen: [number, number | undefined][] = [];
    const hashes = await download({
      ...parameters(server),
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(hashes).to.deep.equal({ sha256, blake2b512 });
    expect(isThere()).to.equal(true);
    expect(leftovers()).to.deep.equal([]);
    expect(seen.at(-1)).to.deep.equal([FILE.length, FILE.length]);
    expect(seen.map(([done]) => done)).to.deep.equal(seen.map(([done]) => done).sort((a, b) => a - b));
  });

  it("is taken up where it broke off, as often as bytes come", async () => {
    await using server = await FileServer.start(FILE, ...[1, 2, 3, 4].map(() => breakingOff(60_000)), honest);
    await download(parameters(server));
    expect(isThere()).to.equal(true);
    const ranges = [1, 2, 3, 4].map((times) => `bytes=${times * 60_000}-`);
    expect(server.asked).to.deep.equal(["all", ...ranges]);
    // Each attempt brought bytes, so that none follows upon a failure.
    expect(pauses).to.deep.equal([1, 1, 1, 1]);
  });

  it("is taken up by a later process", async () => {
    await using server = await FileServer.start(FILE, breakingOff(100_000), status(503));
    const error = await refusal(download(parameters(server)));
    expect(error.code).to.equal("DOWNLOAD_FAILED");
    expect(error.remedy)
      .to.contain(server.url)
      .and.to.contain(blake2b512)
      .and.to.contain(join(root, "file.ptau"));
    expect(existsSync(join(root, "file.ptau"))).to.equal(false);
    expect(statSync(join(root, "unfinished", "part")).size).to.equal(100_000);
    await using other = await FileServer.start(FILE);
    // From elsewhere it is begun anew: nobody knows whether it is the same file.
    await download(parameters(other));
    expect(other.asked).to.deep.equal(["all"]);
  });

  it("goes on with a part from the same place", async () => {
    await using server = await FileServer.start(FILE, breakingOff(100_000), status(404), honest);
    await refusal(download(parameters(server)));
    await download(parameters(server));
    expect(server.asked).to.deep.equal(["all", "bytes=100000-", "bytes=100000-"]);
    expect(isThere()).to.equal(true);
  });

  it("keeps a part that only lacked its name", async () => {
    await using server = await FileServer.start(FILE, status(404));
    mkdirSync(join(root, "unfinished"));
    writeFileSync(join(root, "unfinished", "part"), FILE);
    const origin = { url: server.url, validator: '"one"', total: FILE.length };
    writeFileSync(join(root, "unfinished", "origin.json"), JSON.stringify(origin));
    await download(parameters(server));
    expect(isThere()).to.equal(true);
    expect(server.asked).to.deep.equal([]);
  });

  for (const [what, damage] of [
    ["a record that is cut short", () => writeFileSync(join(root, "unfinished", "origin.json"), '{"url":')],
    [
      "a part that is longer than the file",
      () => writeFileSync(join(root, "unfinished", "part"), Buffer.alloc(FILE.length + 1)),
    ],
  ] as const)
    it(`begins anew after ${what}`, async () => {
      await using server = await FileServer.start(FILE, breakingOff(100_000), status(404), honest);
      await refusal(download(parameters(server)));
      damage();
      await download(parameters(server));
      expect(server.asked.at(-1)).to.equal("all");
      expect(isThere()).to.equal(true);
    });

  it("begins anew with a server that knows no ranges, or whose file has changed", async () => {
    for (const answer of [withoutRanges, honest]) {
      await using server = await FileServer.start(
        randomBytes(FILE.length),
        breakingOff(60_000),
        (request, response) => {
          // With another file, the tag is another.
          if (answer === honest) request.headers["if-range"] = '"two"';
          answer(request, response, FILE, server);
        },
      );
      await download(parameters(server));
      expect(isThere()).to.equal(true);
      root = temporaryFolder();
    }
  });

  it("begins anew where the server sends other bytes than it was asked for", async () => {
    const elsewhere: Answer = (_, response, file) => {
      response
        .writeHead(206, { "content-range": `bytes 7-${file.length - 1}/${file.length}` })
        .end(file.subarray(7));
    };
    await using server = await FileServer.start(FILE, breakingOff(60_000), elsewhere, status(416), honest);
    await download({ ...parameters(server), attempts: 4 });
    expect(isThere()).to.equal(true);
    expect(server.asked.slice(2)).to.deep.equal(["all", "all"]);
  });

  it("follows a redirection, with the range", async () => {
    await using target = await FileServer.start(FILE, breakingOff(60_000), honest);
    const redirect: Answer = (_, response) => void response.writeHead(302, { location: target.url }).end();
    await using server = await FileServer.start(FILE, redirect);
    await download({ ...parameters(target), url: server.url });
    expect(isThere()).to.equal(true);
    expect(target.asked).to.deep.equal(["all", "bytes=60000-"]);
  });

  it("refuses another file, and keeps nothing of it", async () => {
    await using server = await FileServer.start(randomBytes(FILE.length));
    const error = await refusal(download(parameters(server)));
    expect(error.code).to.equal("FILE_DAMAGED");
    expect(error.problem).to.contain(`not ${blake2b512}`);
    expect(existsSync(join(root, "file.ptau"))).to.equal(false);
    expect(leftovers()).to.deep.equal([]);
  });

  it("refuses more than can be true: announced, and not announced", async () => {
    const large = randomBytes(400_001);
    const chunked: Answer = (_, response, file) => void response.writeHead(200).end(file);
    for (const answer of [honest, chunked]) {
      await using server = await FileServer.start(large, answer);
      const error = await refusal(download(parameters(server)));
      expect(error.code).to.equal("FILE_DAMAGED");
      expect(error.problem).to.contain("400000");
      expect(leftovers()).to.deep.equal([]);
    }
  });

  it("refuses more than was announced", async () => {
    const more: Answer = (_, response, file) => {
      response.writeHead(206, { "content-range": `bytes 60000-${file.length - 1}/${file.length}` });
      response.end(Buffer.alloc(FILE.length));
    };
    await using server = await FileServer.start(FILE, breakingOff(60_000), more);
    const error = await refusal(download(parameters(server)));
    expect(error.problem).to.contain("more than the 300000 bytes that were announced");
    expect(existsSync(join(root, "file.ptau"))).to.equal(false);
  });

  it("gives up a server that says no, at once, and one that is busy, after some attempts", async () => {
    await using forbidding = await FileServer.start(FILE, status(403));
    expect((await refusal(download(parameters(forbidding)))).problem).to.contain("answers 403");
    expect(forbidding.asked).to.have.length(1);
    await using busy = await FileServer.start(FILE, status(429));
    expect((await refusal(download(parameters(busy)))).problem).to.contain("answers 429");
    expect(busy.asked).to.have.length(3);
    expect(pauses).to.deep.equal([1, 2]);
  });

  it("gives up a server that hangs, before its answer and within", async () => {
    const silent: Answer = () => undefined;
    const stuck: Answer = (_, response, file) => {
      response.writeHead(200, { "content-length": file.length });
      response.write(file.subarray(0, 1000));
    };
    for (const answer of [silent, stuck]) {
      await using server = await FileServer.start(FILE, answer);
      const error = await refusal(download({ ...parameters(server), idle: 40 }));
      expect(error.problem).to.contain("nothing came for 0.04 s");
    }
  });

  it("says what is to be done without a network", async () => {
    const gone = await FileServer.start(FILE);
    const given = parameters(gone);
    await gone[Symbol.asyncDispose]();
    const error = await refusal(download(given));
    expect(error.code).to.equal("DOWNLOAD_FAILED");
    expect(error.problem).to.contain("ECONNREFUSED");
    expect(error.remedy).to.contain(`put it at ${join(root, "file.ptau")}`);
  });

  it("says that the disk is full", async function () {
    if (!existsSync("/dev/full")) this.skip();
    await using server = await FileServer.start(FILE);
    mkdirSync(join(root, "unfinished"));
    symlinkSync("/dev/full", join(root, "unfinished", "part"));
    expect((await refusal(download(parameters(server)))).code).to.equal("DISK_FULL");
    expect(existsSync(join(root, "file.ptau"))).to.equal(false);
  });

  it("says beforehand that the disk is too small", async () => {
    const vast: Answer = (_, response) =>
      void response.writeHead(200, { "content-length": 2 ** 49 }).flushHeaders();
    await using server = await FileServer.start(FILE, vast);
    const error = await refusal(download({ ...parameters(server), mostBytes: 2 ** 50 }));
    expect(error.code).to.equal("DISK_FULL");
    expect(error.problem).to.contain((2 ** 49).toLocaleString("en"));
  });

  it("is made once by two at a time", async () => {
    await using server = await FileServer.start(FILE);
    const given = parameters(server);
    const both = await Promise.all([downloadOnce(given), downloadOnce(given)]);
    expect(both.filter((hashes) => hashes === undefined)).to.have.length(1);
    expect(server.asked).to.deep.equal(["all"]);
    expect(isThere()).to.equal(true);
    expect(await downloadOnce(given)).to.equal(undefined);
  });

  it("is made by the second where the first fails", async () => {
    await using server = await FileServer.start(FILE, status(403), honest);
    const given = parameters(server);
    const both = await Promise.allSettled([downloadOnce(given), downloadOnce(given)]);
    expect(both.map((outcome) => outcome.status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    expect(isThere()).to.equal(true);
  });
});
