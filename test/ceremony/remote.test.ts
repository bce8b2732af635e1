import type { ChildProcess } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { openCeremony } from "../../src/ceremony/folder.js";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import { readReceipt } from "../../src/ceremony/readReceipt.js";
import { contributeRemotely } from "../../src/ceremony/remote/contributeRemotely.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { createProgress } from "../../src/progress/progress.js";
import { smallCircuit } from "./circuit.js";
import type { Point } from "./coordinatorProcess.js";
import { itLong } from "../helpers/long.js";
import { forkCoordinator, kill, startCoordinator } from "./coordinators.js";

const progress = createProgress({ silent: true });

describe("contributions over HTTP", function () {
  let made: Awaited<ReturnType<typeof smallCircuit>>;
  let place: string;

  before(async () => {
    made = await smallCircuit();
    place = made.circuit.ceremony;
    await initializeCeremony(made.circuit, made.ptau);
  });
  after(() => rm(made.folder, { recursive: true }));

  const folderOf = (name: string) => join(made.folder, "away", name);
  const contribute = (url: string, name: string, more = {}) =>
    contributeRemotely({ url, name, folder: folderOf(name), progress, ...more });
  const refusal = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Torch2CircomError).code;
  };

  it("come from two contributors at the same moment, one after the other", async () => {
    const coordinator = await startCoordinator(place, { pollSeconds: 1 });
    const both = await Promise.all(["Alice", "Bob"].map((name) => contribute(coordinator.url, name)));
    const { transcript } = await openCeremony(place);
    expect(transcript.contributions.map(({ name }) => name)).to.have.members(["Alice", "Bob"]);
    for (const [{ receipt, receiptFile }] of both) {
      expect(transcript.contributions[receipt.index - 1].hash).to.equal(receipt.hash);
      expect(transcript.contributions[receipt.index - 1].madeOn).to.equal(receipt.transcript);
      expect(await readReceipt(receiptFile)).to.deep.equal(receipt);
    }
    // The keys are large: they go once the transcript has the contribution.
    expect(await readdir(join(folderOf("Alice"), "cube"))).to.have.length(2);
    await coordinator.close();
  });

  const points: readonly Point[] = [
    "before the key",
    "before the line",
    "half of the line",
    "after the line",
  ];
  for (const point of points)
    (point === "half of the line" ? it : itLong)(`outlive a coordinator that dies ${point}`, async () => {
      const { contributions } = (await openCeremony(place)).transcript;
      const first = await forkCoordinator(place, { point });
      const died = once(first.child, "exit");
      let second: ChildProcess | undefined;
      // What the contributor waits for is that somebody starts it again.
      const pause = async () => {
        await died;
        // Whatever the point, the last head is verified, and its key is there.
        await openCeremony(place);
        second ??= (await forkCoordinator(place, { port: Number(new URL(first.url).port) })).child;
      };
      const [{ receipt }] = await contribute(first.url, point.replaceAll(" ", "-"), { pause });
      const { transcript } = await openCeremony(place);
      expect(transcript.contributions).to.have.length(contributions.length + 1);
      expect(transcript.contributions.at(-1)).to.include({ hash: receipt.hash, index: receipt.index });
      await kill(second!);
    });

  it("are kept while the coordinator is gone, and sent by the next run", async () => {
    const name = "Carol";
    const { url, child } = await forkCoordinator(place);
    const { port } = new URL(url);
    const { head } = (await openCeremony(place)).transcript;
    let isUploading = false;
    const dying = contribute(url, name, {
      progress: {
        note: () => undefined,
        stage: (what: string) => {
          if (what.startsWith("Send")) isUploading = child.kill("SIGKILL");
          return { update: () => undefined, done: () => undefined, fail: () => undefined };
        },
      },
      pause: async () => undefined,
    });
    expect(await refusal(dying)).to.equal("NETWORK_UNREACHABLE");
    expect(isUploading).to.equal(true);
    expect((await openCeremony(place)).transcript.head).to.equal(head);
    const kept = (await readdir(join(folderOf(name), "cube"))).filter((file) =>
      file.endsWith(".receipt.json"),
    );
    const receipt = await readReceipt(join(folderOf(name), "cube", kept[0]));
    const coordinator = await startCoordinator(place, { port: Number(port) });
    expect((await contribute(url, name))[0].receipt).to.deep.equal(receipt);
    await coordinator.close();
  });

  it("say what is wrong with a coordinator", async () => {
    const pause = async () => undefined;
    expect(await refusal(contribute("ftp://example.org", "Dora"))).to.equal("INVALID_ARGUMENT");
    const answers: [string, string][] = [
      ["<html>", "CEREMONY_INVALID"],
      ['{"format":"torch2circom-ceremony-1","name":"../../x"}', "CEREMONY_INVALID"],
      ["x".repeat(2_000_000), "NETWORK_UNREACHABLE"],
    ];
    const server = createServer((_, response) => response.end(answers[0][0]));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [, code] of [...answers]) {
      expect(await refusal(contribute(url, "Dora", { pause }))).to.equal(code);
      answers.shift();
    }
    server.close();
    server.closeAllConnections();
    expect(await refusal(contribute(url, "Dora", { pause }))).to.equal("NETWORK_UNREACHABLE");
    const files = await readdir(folderOf("Dora"));
    expect(files).to.deep.equal([]);
  });

  it("do not follow a transcript that was changed behind their back", async () => {
    const path = join(place, "transcript.jsonl");
    const text = await readFile(path, "utf8");
    const real = await startCoordinator(place);
    // Between a contributor and its coordinator: another's name in a line of the past.
    const server = createServer(async (request, response) => {
      const answer = await fetch(new URL(request.url!.slice(1), real.url), {
        method: request.method,
        headers: request.headers.authorization ? { authorization: request.headers.authorization } : {},
      });
      response.statusCode = answer.status;
      const body = Buffer.from(await answer.arrayBuffer());
      response.end(request.url!.endsWith("transcript") ? body.toString().replace("Alice", "Mallory") : body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await refusal(contribute(url, "Eve"))).to.equal("CEREMONY_INVALID");
    expect(await readFile(path, "utf8")).to.equal(text);
    server.close();
    server.closeAllConnections();
    await real.close();
  });
});
