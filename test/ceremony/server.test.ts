import { once } from "node:events";
import { appendFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { contributeHere } from "../../src/ceremony/contribute.js";
import { openCeremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import { CoordinatorClient } from "../../src/ceremony/remote/client.js";
import { InvitationFile } from "../../src/ceremony/server/invitations.js";
import type { Serving } from "../../src/ceremony/server/serve.js";
import type { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { snarkjs } from "../contracts/helpers/snarkjs.js";
import { smallCircuit } from "./circuit.js";
import { ask, begin, startCoordinator } from "./coordinators.js";

describe("a coordinator", function () {
  let made: Awaited<ReturnType<typeof smallCircuit>>;
  let place: string;
  let serving: Serving;
  let client: CoordinatorClient;
  const log: string[] = [];
  /** Milliseconds that the coordinator's clock is ahead. */
  let ahead = 0;

  before(async () => {
    made = await smallCircuit();
    place = made.circuit.ceremony;
    await initializeCeremony(made.circuit, made.ptau);
    serving = await startCoordinator(place, {
      log: (line) => log.push(line),
      clock: () => performance.now() + ahead,
    });
    client = new CoordinatorClient(serving.url);
  });
  after(async () => {
    await serving.close();
    await rm(made.folder, { recursive: true });
  });

  const at = (path: string) => new URL(path, serving.url);
  const upload = () => at("circuits/cube/contribution");
  const head = async () => (await openCeremony(place)).transcript.head;
  const put = (token: string, body: Uint8Array, headers: Record<string, string> = {}) =>
    ask("PUT", upload(), { token, body, headers: { "content-length": String(body.length), ...headers } });
  let contributions = 0;
  /** A contribution to a key, as a file. */
  async function contributed(key: string): Promise<string> {
    const path = join(made.folder, `away-${contributions++}.zkey`);
    await snarkjs.zKey.contribute(key, path, "away", "some text");
    return path;
  }
  /** A contribution to the last key. */
  const contribution = async () => readFile(await contributed((await openCeremony(place)).key));

  it("says what it coordinates, to pages from anywhere", async () => {
    expect(await client.state()).to.deep.equal({
      format: "torch2circom-ceremony-1",
      name: "cube",
      circuits: [
        {
          ...{ name: "cube", domain: 8, contributions: 0, head: await head(), isOpen: true },
          bytes: (await stat(join(place, "cube-0.zkey"))).size,
        },
      ],
      ...{ isByInvitation: false, queued: 0, turnSeconds: 900 },
    });
    const { headers } = await ask("OPTIONS", at("queue"));
    expect(headers).to.include({ "access-control-allow-origin": "*" });
    expect(headers["access-control-allow-headers"]).to.contain("authorization");
  });

  it("gives a key whole, or from a byte on", async () => {
    const body = await readFile(join(place, "cube-0.zkey"));
    const whole = await fetch(at("circuits/cube/key"));
    expect(Buffer.from(await whole.arrayBuffer()).equals(body)).to.equal(true);
    const etag = whole.headers.get("etag")!;
    const rest = await fetch(at("circuits/cube/key"), { headers: { range: "bytes=100-", "if-range": etag } });
    expect(rest.status).to.equal(206);
    expect(Buffer.from(await rest.arrayBuffer()).equals(body.subarray(100))).to.equal(true);
    const other = await fetch(at("circuits/cube/key"), {
      headers: { range: "bytes=100-", "if-range": '"old"' },
    });
    expect((await other.arrayBuffer()).byteLength).to.equal(body.length);
    expect(
      (await ask("GET", at("circuits/cube/key"), { headers: { range: "bytes=99999999-", "if-range": etag } }))
        .status,
    ).to.equal(416);
  });

  it("has one contributor at a time, who has to come in time", async () => {
    const [first, second] = [await client.join(), await client.join()];
    expect(await client.placeOf(first)).to.deep.include({ state: "turn", circuits: ["cube"] });
    expect(await client.placeOf(second)).to.deep.include({ state: "waiting", before: 1 });
    // Both have contributed to the same key: only one has the turn.
    const [one, two] = [await contribution(), await contribution()];
    expect((await put(second, two)).problem).to.include({ status: 410, code: "TURN_LOST" });
    const [answer, late] = await Promise.all([put(first, one), put(first, one)]);
    expect([answer.status, late.status].sort()).to.deep.equal([201, 503]);
    expect(await client.placeOf(first)).to.deep.equal({ state: "done" });
    const { problem } = await put(second, two);
    // The key has grown since.
    expect(problem).to.include({ status: 422, code: "CEREMONY_INVALID" });
    expect(JSON.stringify(problem)).to.not.contain(made.folder);
    await client.leave(second);
    const slow = await client.join();
    ahead += 160_000;
    expect(await client.placeOf(slow).catch((error: Torch2CircomError) => error.code)).to.equal("TURN_LOST");
  });

  it("refuses an upload by its length, before a byte of it", async () => {
    const token = await client.join();
    const { size } = await stat((await openCeremony(place)).key);
    const before = await head();
    // Nothing of the body is sent: the answer comes all the same.
    const announced = async (headers: Record<string, string>) => {
      const { request, answer } = begin("PUT", upload(), { token, headers });
      request.flushHeaders();
      const { status } = await answer;
      request.destroy();
      return status;
    };
    expect(await announced({ "content-length": String(10e9) })).to.equal(413);
    expect(await announced({ "content-length": String(10e9), expect: "100-continue" })).to.equal(413);
    expect(await announced({ "content-length": String(size + 392 + 258) })).to.equal(413);
    expect(await announced({ "content-length": String(size + 391) })).to.equal(422);
    expect(await announced({ "content-length": "0" })).to.equal(422);
    expect(await announced({ "transfer-encoding": "chunked" })).to.equal(411);
    expect(await announced({ "content-length": String(size + 400), expect: "something" })).to.equal(417);
    expect(await readdir(place)).to.not.contain(".upload");
    expect(await head()).to.equal(before);
    await client.leave(token);
  });

  it("keeps its head whatever is uploaded", async () => {
    const token = await client.join();
    const { key } = (await openCeremony(place)).transcript;
    const good = await contribution();
    const changed = Buffer.from(good);
    changed[changed.length >> 1] ^= 1;
    expect((await put(token, changed)).problem).to.include({ status: 422, code: "KEY_INVALID" });
    expect((await put(token, Buffer.alloc(good.length))).problem).to.include({
      status: 422,
      code: "KEY_INVALID",
    });
    // A fork: its last contribution but one is another's.
    const fork = await contributed(await contributed(join(place, "cube-0.zkey")));
    const { problem } = await put(token, await readFile(fork));
    expect(problem.status).to.equal(409);
    expect(problem.detail).to.contain("was made on contribution 0");
    // It breaks off.
    const { request } = begin("PUT", upload(), { token, headers: { "content-length": String(good.length) } });
    request.write(good.subarray(0, 1000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    request.destroy();
    // Until the coordinator has seen it, it waits for the rest.
    let answer = await put(token, good);
    while (answer.status === 503) answer = await put(token, good);
    expect(answer.status).to.equal(201);
    const { transcript } = await openCeremony(place);
    expect(transcript.contributions.at(-1)).to.include({ index: 2, before: key });
    expect(await readdir(place)).to.have.members(["cube-0.zkey", "cube-2.zkey", "transcript.jsonl"]);
  });

  it("takes the turn of an upload that is too slow, and goes on with the next", async () => {
    const [slow, next] = [await client.join(), await client.join()];
    const body = await contribution();
    const { request, answer } = begin("PUT", upload(), {
      token: slow,
      headers: { "content-length": String(body.length) },
    });
    request.write(body.subarray(0, 100));
    await new Promise((resolve) => setTimeout(resolve, 50));
    ahead += 160_000;
    expect((await answer).status).to.equal(410);
    request.destroy();
    expect((await put(next, body)).status).to.equal(201);
  });

  it("answers what it does not know with problem details, and goes on", async () => {
    const cases: [string, string, Record<string, string>, number][] = [
      ["GET", "nothing", {}, 404],
      ["GET", "constructor", {}, 404],
      ["GET", "circuits/other/key", {}, 404],
      ["GET", "circuits/__proto__/transcript", {}, 404],
      ["GET", "circuits/..%2f..%2f/key", {}, 404],
      ["PATCH", "queue", {}, 405],
      ["POST", "queue", { "content-length": "1000000" }, 413],
      ["GET", "queue", {}, 410],
      ["GET", "queue", { authorization: "Bearer ../../x" }, 410],
      ["PUT", "circuits/cube/contribution", { "content-length": "5" }, 410],
    ];
    for (const [method, path, headers, status] of cases) {
      const { request, answer: coming } = begin(method, at(path), { headers });
      request.flushHeaders();
      if (headers["content-length"] === undefined) request.end();
      const answer = await coming;
      request.destroy();
      expect(answer.status, `${method} ${path}`).to.equal(status);
      expect(answer.headers["content-type"]).to.equal("application/problem+json");
      expect(JSON.parse(answer.text)).to.have.all.keys("status", "title", "detail", "code", "remedy");
      expect(answer.text).to.not.match(/\.ts\b|node:|\n/);
    }
    for (const raw of ["nonsense\r\n\r\n", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(20_000)}\r\n\r\n`]) {
      const socket = connect(Number(new URL(serving.url).port), "127.0.0.1");
      socket.on("error", () => undefined).resume();
      socket.write(raw);
      await once(socket, "close");
    }
    expect((await client.state()).name).to.equal("cube");
  });

  it("notices what commands do beside it, and a transcript that was changed", async () => {
    const { transcript } = await contributeHere(place, { name: "operator" });
    expect((await client.state()).circuits[0]).to.include({ contributions: 4, head: transcript.head });
    const path = join(place, "transcript.jsonl");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"name":"operator"', '"name":"somebody"'));
    expect((await ask("GET", at("ceremony"))).status).to.equal(409);
    const seen = await client.transcript("cube").catch((error: Error) => error.message);
    expect(seen).to.contain("the transcript was changed");
    await writeFile(path, text);
    await appendFile(path, '{"head":');
    expect((await client.transcript("cube")).transcript.head).to.equal(transcript.head);
    await writeFile(path, text);
  });

  it("asks for invitations once there are any, each of which serves once", async () => {
    const invitations = new InvitationFile(join(place, ".."));
    const [word] = await invitations.add(1);
    expect((await client.state()).isByInvitation).to.equal(true);
    const refusal = (invitation?: string) =>
      client.join(invitation).then(
        () => "none",
        (error: Torch2CircomError) => error.code,
      );
    expect(await refusal()).to.equal("INVITATION_INVALID");
    expect(await refusal("0".repeat(32))).to.equal("INVITATION_INVALID");
    const token = await client.join(word);
    expect(await refusal(word)).to.equal("INVITATION_INVALID");
    const body = await contribution();
    const changed = Buffer.from(body);
    changed[changed.length >> 1] ^= 1;
    // What is refused uses nothing up.
    expect((await put(token, changed)).status).to.equal(422);
    await client.leave(token);
    const again = await client.join(word);
    expect((await put(again, body)).status).to.equal(201);
    expect(await refusal(word)).to.equal("INVITATION_INVALID");
    // Not in a file, and not in the log.
    expect(await readFile(join(place, "..", "invitations.json"), "utf8")).to.not.contain(word);
    expect(log.join("\n")).to.contain("PUT /circuits/cube/contribution").and.not.contain(word);
    for (const ticket of [token, again]) expect(log.join("\n")).to.not.contain(ticket);
    const restarted = await startCoordinator(place);
    const second = new CoordinatorClient(restarted.url);
    expect(await second.join(word).catch((error: Torch2CircomError) => error.code)).to.equal(
      "INVITATION_INVALID",
    );
    await restarted.close();
    await writeFile(join(place, "..", "invitations.json"), "{}");
    expect((await ask("POST", at("queue"))).status).to.equal(500);
  });
});
