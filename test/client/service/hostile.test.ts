import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { followPurchase, type Purchase } from "../../../src/client/index.js";

const CLEAR = "\u001b[2J";

describe("a service that would write on its client's terminal", () => {
  let server: Server;
  let said: object;
  const heard: string[] = [];
  let purchase: Purchase;

  before(async () => {
    server = createServer(({ url }, response) => {
      if (url!.endsWith("/events")) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(`id: 1\nevent: state\ndata: ${JSON.stringify({ ...said, hasAnswer: false })}\n\n`);
      } else response.end(JSON.stringify(said));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    purchase = { jobId: "0x01", job: {}, input: {}, service: { url, ticket: "00" } } as unknown as Purchase;
  });
  after(() => server.close());

  const refusal = async (words: object) => {
    said = words;
    // It is not asked for the model, since there is no answer.
    const options = { model: {} as never, timeout: 5, onState: (state: string) => heard.push(state) };
    return followPurchase(purchase, options).then(
      () => expect.fail("it has an answer"),
      (error: Error) => error.message,
    );
  };

  it("cannot by the reason why there is no answer", async () => {
    expect(await refusal({ state: "declined", reason: `none${CLEAR}\r\n✓ paid` })).to.contain(
      "The job is declined: none [2J ✓ paid.",
    );
  });

  it("cannot by a state, told or asked for, nor by what is wrong with it", async () => {
    heard.length = 0;
    for (const state of [CLEAR, "final\r", "x".repeat(100_000)]) {
      const message = await refusal({ state });
      expect(message).to.contain("state: it is not the state of a job");
      expect(message).to.not.match(/[^\P{Cc}\n]/u);
    }
    const message = await refusal({ state: "funded", transaction: CLEAR, reason: { [CLEAR]: 1 } });
    expect(message).to.not.contain("\u001b");
    expect(heard).to.deep.equal(["funded"]);
  });
});
