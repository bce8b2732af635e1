import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startRpcProxy, type RpcProxy } from "./rpcProxy.js";

describe("the proxy of a test's node", () => {
  let node: Server;
  let proxy: RpcProxy;
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  /** Of questions whose asker has gone before the answer. */
  let ended = 0;

  before(async () => {
    // A node that does not answer.
    node = createServer((_, response) => response.on("close", () => ended++)).listen(0, "127.0.0.1");
    await once(node, "listening");
  });
  beforeEach(async () => {
    proxy = await startRpcProxy(`http://127.0.0.1:${(node.address() as AddressInfo).port}`);
    process.prependListener("unhandledRejection", note).prependListener("uncaughtException", note);
  });
  afterEach(() => {
    process.off("unhandledRejection", note).off("uncaughtException", note);
    proxy.close();
    expect(unhandled).to.deep.equal([]);
  });
  after(() => node.close());

  const ask = (body = JSON.stringify({ id: 1, method: "eth_chainId", params: [] })) =>
    fetch(proxy.url, { method: "POST", body }).then(
      ({ status }) => status,
      () => "broken off",
    );

  it("leaves no question open, and no failure to nobody, when it is closed", async () => {
    const asked = ask();
    while (proxy.calls.length === 0) await wait(5);
    await wait(50);
    proxy.close();
    expect(await asked).to.equal("broken off");
    while (ended === 0) await wait(5);
    expect(await ask()).to.equal("broken off");
  });

  it("answers what its node or its rule fails at", async () => {
    expect(await ask("no JSON")).to.equal(502);
    proxy.rule = () => Promise.reject(new Error("the test is over"));
    expect(await ask()).to.equal(502);
    node.closeAllConnections();
    await new Promise((resolve) => node.close(resolve));
    proxy.rule = () => "pass";
    expect(await ask()).to.equal(502);
  });
});
