import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import torch2circom from "../../../src/index.js";
import type { ServiceRunning, ServiceServeOptions } from "../../../src/runtime/types.js";
import { KEYS, startAnvil } from "../../helpers/anvil.js";
import { buildOnce } from "../../helpers/builds.js";
import { startDevnet, type Devnet } from "../../helpers/devnet.js";
import { startRpcProxy, type RpcProxy } from "../../helpers/rpcProxy.js";
import { FIXTURES, refusalOf } from "../../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");

describe("a service whose nodes are away when it starts", function () {
  this.timeout(120_000);
  // PostgreSQL's user has to reach it.
  const folder = join(process.cwd(), "cache", `awaiting-${randomUUID()}`);
  const lines: string[] = [];
  let devnet: Devnet;
  let proxy: RpcProxy;
  let service: ServiceRunning | undefined;

  before(async () => {
    await mkdir(folder, { recursive: true });
    devnet = await startDevnet({ outDir: join(folder, "builds"), jobsDir: join(folder, "jobs") });
    await buildOnce(devnet.hre);
    await devnet.hre.torch2circom.deploy();
    await devnet.hre.torch2circom.register("iris");
    await devnet.anvil.send("evm_setIntervalMining", 1);
    proxy = await startRpcProxy(devnet.anvil.url);
  });
  afterEach(async () => {
    await service?.close();
    service = undefined;
    lines.length = 0;
  });
  after(async () => {
    proxy.close();
    devnet.anvil.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Serves by nodes at these addresses, the account's and another. */
  const serve = async (url: string, second: string, options: ServiceServeOptions = {}) => {
    const node = { type: "http", chainType: "l1" } as const;
    const networks = { devnet: { ...node, url, accounts: KEYS }, second: { ...node, url: second } };
    const config = devnet.hre.config.torch2circom;
    const folders = { outDir: config.outDir, jobsDir: config.jobsDir };
    const hre = await createHardhatRuntimeEnvironment(
      { plugins: [torch2circom], networks, torch2circom: folders },
      { network: "devnet" },
      devnet.hre.config.paths.root,
    );
    const terms = { account: 2, prices: ["0.001"], port: 0, wait: 0, fallback: "second" };
    return hre.torch2circom.service.serve(["iris"], {
      ...{ ...terms, ...options },
      log: (line) => lines.push(line),
    });
  };

  /** An address of this machine at which nothing listens. */
  const free = async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return { port, url: `http://127.0.0.1:${port}` };
  };

  it("starts and sells by its second node while the first is away", async () => {
    service = await serve((await free()).url, devnet.anvil.url);
    const bought = await devnet.hre.torch2circom.service.buy(service.url, { samples, account: 1 });
    expect(bought.outputs).to.have.length(1);
  });

  it("waits while none answers, and says so", async () => {
    proxy.rule = () => "lost before";
    const { port, url } = await free();
    const starting = serve((await free()).url, proxy.url, { port });
    while (lines.length === 0) await wait(50);
    expect(JSON.parse(lines[0])).to.include({
      code: "NETWORK_UNREACHABLE",
      problem: 'The network "devnet" does not answer',
      msg: "No node of the chain answers: the service waits for one",
    });
    while ((await fetch(`${url}/healthz`).catch(() => undefined))?.status !== 200) await wait(50);
    for (const path of ["/readyz", "/models"]) {
      const answer = await fetch(url + path);
      expect(answer.status, path).to.equal(503);
      expect(answer.headers.get("retry-after")).to.equal("5");
      expect(answer.headers.get("content-type")).to.equal("application/problem+json");
      expect(await answer.json()).to.include({
        code: "NETWORK_UNREACHABLE",
        detail: "The service waits for a node of its chain",
      });
    }
    // Once, however often it asks.
    const asked = proxy.calls.length;
    while (proxy.calls.length === asked) await wait(50);
    expect(lines, lines.join("\n")).to.have.length(1);
    proxy.rule = () => "pass";
    service = await starting;
    expect(service.url).to.equal(url);
    expect(lines.join("\n")).to.contain("A node answers");
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);
  });

  it("answers at its port while the account's state is what no node tells", async () => {
    // The shop is open by then, its contracts and prices are read; of an account that has signed nothing yet, the nonce is asked.
    proxy.rule = ({ method }) => (method === "eth_getTransactionCount" ? "lost before" : "pass");
    const { port, url } = await free();
    const starting = serve((await free()).url, proxy.url, { port, account: 0 });
    while (lines.length === 0) await wait(50);
    while ((await fetch(`${url}/healthz`).catch(() => undefined))?.status !== 200) await wait(50);
    const origin = { origin: "https://page.example" };
    const answer = await fetch(`${url}/models`, { headers: origin });
    expect(answer.status).to.equal(503);
    expect(answer.headers.get("access-control-allow-origin")).to.equal("*");
    expect(answer.headers.get("access-control-expose-headers")).to.contain("Retry-After");
    const asked = await fetch(`${url}/jobs/0x12`, { method: "OPTIONS", headers: origin });
    expect([asked.status, asked.headers.get("access-control-allow-headers")]).to.deep.equal([
      204,
      "Authorization, Content-Type, Last-Event-ID, PAYMENT-SIGNATURE",
    ]);
    expect((await fetch(`${url}/readyz`)).headers.get("access-control-allow-origin")).to.equal(null);
    proxy.rule = () => "pass";
    service = await starting;
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);
  });

  it("waits for no other chain than that of its contracts", async () => {
    const other = await startAnvil("--chain-id", "4242");
    try {
      const away = (await free()).url;
      expect(await refusalOf(() => serve(away, other.url))).to.contain(
        "No registry and escrow are known on chain 4242",
      );
      expect(await refusalOf(() => serve(devnet.anvil.url, other.url))).to.contain(
        'The network "second" is of chain 4242',
      );
    } finally {
      other.close();
    }
  });
});
