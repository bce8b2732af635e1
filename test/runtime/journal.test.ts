import { expect } from "chai";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HttpNetworkUserConfig } from "hardhat/types/config";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import torch2circom from "../../src/index.js";
import { loadJob } from "../../src/runtime/jobFiles.js";
import type { TransactionOptions, Torch2CircomRuntime } from "../../src/runtime/types.js";
import { KEYS, startAnvil, type Anvil } from "../helpers/anvil.js";
import { startRpcProxy, type Fate, type RpcProxy } from "../helpers/rpcProxy.js";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const [CLIENT, PROVIDER] = [1, 2];

describe("money through faults of the network", function () {
  let anvil: Anvil;
  let proxy: RpcProxy;
  let root: string;
  let hre: HardhatRuntimeEnvironment;
  let outDir: string;
  let jobsDir: string;
  /** With the accounts' keys here, and with a node that has them. */
  let own: Torch2CircomRuntime;
  let remote: Torch2CircomRuntime;
  let lines: string[];

  const connect = async (url: string, accounts: HttpNetworkUserConfig["accounts"]) => {
    const connected = await createHardhatRuntimeEnvironment(
      {
        plugins: [torch2circom],
        torch2circom: { outDir, jobsDir },
        networks: { devnet: { type: "http", chainType: "l1", url, accounts } },
      },
      { network: "devnet" },
      root,
    );
    return connected.torch2circom;
  };

  before(async () => {
    ({ root, hre } = await makeProject());
    ({ outDir, jobsDir } = hre.config.torch2circom);
    const model = join(samples, "model.pt2");
    await hre.torch2circom.build({ model, samples, name: "iris" });
    await hre.torch2circom.build({ model, samples, name: "secret", output: "committed" });
    anvil = await startAnvil();
    proxy = await startRpcProxy(anvil.url);
    own = await connect(proxy.url, KEYS);
    remote = await connect(proxy.url, "remote");
    await own.deploy();
    for (const name of ["iris", "secret"]) await own.register(name);
  });

  after(() => {
    proxy.close();
    anvil.close();
  });

  beforeEach(async () => {
    lines = [];
    proxy.rule = () => "pass";
    await anvil.send("anvil_dropAllTransactions");
    await anvil.send("evm_setAutomine", true);
    await anvil.send("evm_mine");
  });

  const options = (account: number, more: Partial<TransactionOptions> = {}): TransactionOptions => ({
    account,
    interval: 5,
    progress: { note: (line) => void lines.push(line), stage: () => ({ update() {}, done() {}, fail() {} }) },
    ...more,
  });
  const request = (runtime = own, more: Partial<TransactionOptions> = {}, name = "iris") =>
    runtime.request(name, { samples, amount: "0.01", ...options(CLIENT, more) });

  /** The job whose file is the newest. */
  const newest = async () => {
    const names = readdirSync(jobsDir).filter((name) => name.endsWith(".json"));
    const path = names
      .map((name) => join(jobsDir, name))
      .reduce((a, b) => (statSync(a).mtimeMs > statSync(b).mtimeMs ? a : b));
    return loadJob({ jobsDir, outDir }, path);
  };
  const codeOf = (attempt: () => Promise<unknown>) =>
    attempt().then(
      () => expect.fail("it did not fail"),
      (error: { code?: string }) => error.code,
    );

  it("writes a job down before it is paid for: for its owner alone, outside of the builds, and not for git", async () => {
    const { jobId, file } = await request();
    expect(file).to.equal(join(jobsDir, `${jobId}.json`));
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(statSync(jobsDir).mode & 0o777).to.equal(0o700);
    expect(readFileSync(join(jobsDir, ".gitignore"), "utf8")).to.equal("*\n");
  });

  it("removes the file of a job of which nothing has left", async () => {
    const before = readdirSync(jobsDir);
    proxy.rule = ({ method }) =>
      method === "eth_estimateGas" ? { error: { code: -32000, message: "insufficient funds" } } : "pass";
    expect(await codeOf(() => request())).to.equal("INSUFFICIENT_FUNDS");
    expect(readdirSync(jobsDir)).to.deep.equal(before);
  });

  for (const [name, runtime] of [
    ["signed here", () => own],
    ["signed by a node", () => remote],
  ] as const)
    describe(`transactions that are ${name}`, () => {
      const isHere = name === "signed here";

      it("are dropped: said with the hash, and sent again for the same job", async () => {
        await anvil.send("evm_setAutomine", false);
        proxy.rule = async ({ method, params }): Promise<Fate> => {
          if (method === "eth_getTransactionReceipt") await anvil.send("anvil_dropTransaction", params[0]);
          return "pass";
        };
        const said = await refusalOf(() => request(runtime()));
        const { jobId, transactions } = await newest();
        expect(said).to.contain("dropped").and.to.contain(transactions![0].hash!).and.to.contain("resume");
        proxy.rule = () => "pass";
        const { status, next, state } = await runtime().status(jobId);
        expect([status, state]).to.deep.equal([
          "none",
          "not funded: the payment was dropped by the network, or never reached it",
        ]);
        expect(next).to.deep.equal([`npx hardhat torch2circom:resume ${jobId} --network devnet`]);
        await anvil.send("evm_setAutomine", true);
        const resumed = await runtime().resume(jobId, { interval: 5 });
        expect(resumed.step).to.equal("request");
        expect((await runtime().status(jobId)).status).to.equal("funded");
        // Once more does nothing more.
        expect(await runtime().resume(jobId)).to.deep.equal(resumed);
      });

      it("wait: said at once and on a timeout; a bump takes their place", async () => {
        await anvil.send("evm_setAutomine", false);
        expect(await codeOf(() => request(runtime(), { timeout: 0 }))).to.equal("TRANSACTION_PENDING");
        const { jobId, transactions } = await newest();
        const [first] = transactions!;
        expect(lines[0]).to.equal(`Sent: transaction ${first.hash}`);
        expect((await runtime().status(jobId)).state).to.equal("the payment waits to be mined");
        // To wait once more sends nothing.
        expect(await codeOf(() => runtime().resume(jobId, { timeout: 0 }))).to.equal("TRANSACTION_PENDING");
        expect((await newest()).transactions).to.deep.equal(transactions);
        expect(await codeOf(() => runtime().resume(jobId, { timeout: 0, bump: true }))).to.equal(
          "TRANSACTION_PENDING",
        );
        const second = (await newest()).transactions!.at(-1)!;
        expect(second).to.include({ nonce: first.nonce, from: first.from });
        expect(second.hash).not.to.equal(first.hash);
        const fee = async (hash: string) =>
          BigInt(
            ((await anvil.send("eth_getTransactionByHash", hash)) as { maxFeePerGas: string }).maxFeePerGas,
          );
        expect(await anvil.send("eth_getTransactionByHash", first.hash!)).to.equal(null);
        expect((await fee(second.hash!)) > 0n).to.equal(true);
        await anvil.send("evm_mine");
        expect((await runtime().resume(jobId)).transaction).to.equal(second.hash);
      });

      it("are replaced by another: said with the nonce, and the job is funded by the next", async () => {
        await anvil.send("evm_setAutomine", false);
        expect(await codeOf(() => request(runtime(), { timeout: 0 }))).to.equal("TRANSACTION_PENDING");
        const { jobId, transactions } = await newest();
        const [{ from, nonce, hash }] = transactions!;
        await anvil.send("eth_sendTransaction", {
          from,
          to: from,
          nonce: `0x${nonce.toString(16)}`,
          maxFeePerGas: "0x2540be4000",
          maxPriorityFeePerGas: "0x2540be400",
        });
        const waiting = runtime().resume(jobId, { interval: 5 });
        // The one that waited is gone before anybody looks: a new one is sent, of another nonce.
        await anvil.send("evm_setAutomine", true);
        await anvil.send("evm_mine");
        const { transaction } = await waiting;
        expect(transaction).not.to.equal(hash);
        expect((await runtime().status(jobId)).status).to.equal("funded");
      });

      it("leave, and the answer is lost with the network: nothing is lost with it", async () => {
        let isDown = false;
        proxy.rule = ({ method }) => {
          if (isDown) return "lost before";
          isDown = /^eth_send(Raw)?Transaction$/.test(method);
          return isDown ? "lost after" : "pass";
        };
        expect(await codeOf(() => request(runtime()))).to.equal("TRANSACTION_PENDING");
        const { jobId, transactions } = await newest();
        expect(transactions).to.have.length(1);
        expect(transactions![0].hash !== undefined).to.equal(isHere);
        proxy.rule = () => "pass";
        expect((await runtime().status(jobId)).status).to.equal("funded");
        const { transaction } = await runtime().resume(jobId);
        if (isHere) expect(transaction).to.equal(transactions![0].hash);
      });

      it("leave, and one answer is lost: the wait finds them all the same", async () => {
        proxy.rule = ({ method }) => (/^eth_send(Raw)?Transaction$/.test(method) ? "lost after" : "pass");
        const { jobId } = await request(runtime());
        expect((await runtime().status(jobId)).status).to.equal("funded");
      });
    });

  it("says why a transaction waits that offers less than the chain asks for, and offers more", async () => {
    // Anvil throws such a transaction away; Hardhat's node keeps it, as most do.
    const { torch2circom: runtime, ethers } = await hre.network.create();
    await runtime.deploy();
    await runtime.register("iris");
    await ethers.provider.send("evm_setAutomine", [false]);
    const terms = { samples, amount: "0.01", ...options(CLIENT), timeout: 0 };
    await runtime.request("iris", terms).catch(() => undefined);
    const { jobId } = await newest();
    await ethers.provider.send("hardhat_setNextBlockBaseFeePerGas", ["0x174876e80000"]);
    await ethers.provider.send("evm_mine", []);
    const said = await refusalOf(() => runtime.resume(jobId, { ...options(CLIENT), timeout: 0 }));
    expect(said)
      .to.match(/offers \d+ wei for gas, and the chain asks for \d+/)
      .and.to.contain("--bump");
    const bumped = runtime.resume(jobId, { ...options(CLIENT), timeout: 0, bump: true });
    expect(await codeOf(() => bumped)).to.equal("TRANSACTION_PENDING");
    await ethers.provider.send("evm_mine", []);
    expect((await runtime.status(jobId)).status).to.equal("funded");
  });

  it("waits for as many blocks as it is told", async () => {
    const sent = request(own, { confirmations: 3 });
    while (!lines.some((line) => line.includes("1 of 3")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await anvil.send("anvil_mine", "0x2");
    expect((await sent).block).to.be.greaterThan(0);
    expect(lines.at(-1)).to.contain("mined, 1 of 3 blocks deep");
  });

  it("does not believe in a block that is taken back", async () => {
    const sent = codeOf(() => request(own, { confirmations: 3 }));
    while (!lines.some((line) => line.includes("1 of 3")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await anvil.send("anvil_reorg", 1, []);
    expect(await sent).to.equal("TRANSACTION_DROPPED");
    const { jobId } = await newest();
    expect((await own.status(jobId)).status).to.equal("none");
    await own.resume(jobId, { interval: 5 });
    expect((await own.status(jobId)).status).to.equal("funded");
  });

  it("fulfills once more with the proof on the disk, and gives the answer again for nothing", async () => {
    const { jobId } = await request(own, {}, "secret");
    proxy.rule = ({ method }) => (method === "eth_sendRawTransaction" ? "lost before" : "pass");
    expect(await codeOf(() => own.fulfill(jobId, options(PROVIDER)))).to.equal("TRANSACTION_DROPPED");
    const { proven, transactions } = await newest();
    expect(transactions!.at(-1)!.purpose).to.equal("fulfill");
    proxy.rule = () => "pass";
    const key = join(outDir, "secret", "proving.zkey");
    // Without the proving key there can be no other proof.
    renameSync(key, `${key}.away`);
    const first = await own.fulfill(jobId, options(PROVIDER));
    expect((await newest()).proven).to.deep.equal(proven);
    const file = join(jobsDir, `${jobId}.json`);
    const asked = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    expect(asked.answer).to.have.length(1);
    rmSync(file);
    const foreign = join(root, "from-client.json");
    for (const field of ["answer", "proven", "transactions"]) Reflect.deleteProperty(asked, field);
    writeFileSync(foreign, JSON.stringify(asked));
    const again = await own.fulfill(foreign, options(PROVIDER));
    renameSync(`${key}.away`, key);
    expect(again.outputs).to.deep.equal(first.outputs);
    expect(again.transaction).to.equal(first.transaction);
    expect((await own.status(again.answerFile!)).outputs).to.deep.equal(first.outputs);
  });

  it("says that a fulfillment was mined too late", async () => {
    const { jobId } = await own.request("iris", {
      samples,
      amount: "0.01",
      seconds: 1000,
      ...options(CLIENT),
    });
    await anvil.send("evm_setAutomine", false);
    expect(await codeOf(() => own.fulfill(jobId, options(PROVIDER, { timeout: 0 })))).to.equal(
      "TRANSACTION_PENDING",
    );
    await anvil.send("evm_increaseTime", 2000);
    const late = own.fulfill(jobId, options(PROVIDER));
    await anvil.send("evm_mine");
    expect(await refusalOf(() => late)).to.match(
      /was mined \d+ seconds later: it reverted, and nothing was paid/,
    );
    await anvil.send("evm_setAutomine", true);
    expect((await own.status(jobId)).next).to.deep.equal([
      `npx hardhat torch2circom:refund ${jobId} --network devnet`,
    ]);
    await own.refund(jobId, options(PROVIDER));
    expect((await own.status(jobId)).status).to.equal("refunded");
  });

  it("knows a job by its id alone, and lists what has no file here", async () => {
    const address = (await own.jobs({ account: PROVIDER })).due!.account;
    const { jobId, file } = await own.request("iris", {
      samples,
      amount: "0.01",
      provider: address,
      ...options(CLIENT),
    });
    rmSync(file);
    const { status, state, next } = await own.status(jobId);
    expect(status).to.equal("funded");
    // Nothing that can be done here is promised.
    expect([state, next]).to.deep.equal([
      "it waits for a proof by whoever has its file: the input is not here",
      [],
    ]);
    const found = (await own.jobs()).jobs.find((job) => job.jobId === jobId)!;
    expect(found).to.include({ provider: address, file: undefined, status: "funded" });
    expect(await refusalOf(() => own.fulfill(jobId, options(PROVIDER)))).to.contain("its input is not here");
    await own.refund(jobId, options(PROVIDER));
    expect((await own.status(jobId)).status).to.equal("refunded");
    expect(await refusalOf(() => own.status(`0x${"12".repeat(32)}`))).to.contain("nor to the escrow");
  });

  it("pays out a part of a balance", async () => {
    const part = await own.withdraw({ ...options(CLIENT), amount: "0.001" });
    expect(part).to.include({ amount: 10n ** 15n, decimals: 18 });
    expect(await refusalOf(() => own.withdraw({ ...options(CLIENT), amount: "9999" }))).to.contain(
      "BalanceTooLow",
    );
  });

  describe("logs", () => {
    let jobId: string;
    let outputs: unknown;
    before(async () => {
      ({ jobId } = await request());
      ({ outputs } = await own.fulfill(jobId, options(PROVIDER)));
      await anvil.send("anvil_mine", "0x400");
    });

    const range = (params: readonly unknown[]) => {
      const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
      return [Number(fromBlock), Number(toBlock)];
    };

    it("are asked for in windows that the node allows, and never from the first block", async () => {
      proxy.calls.length = 0;
      proxy.rule = ({ method, params }) => {
        if (method !== "eth_getLogs") return "pass";
        const [from, to] = range(params);
        return to - from < 100
          ? "pass"
          : { error: { code: -32602, message: "limited to a 100 block range" } };
      };
      const status = await own.status(jobId);
      expect(status.outputs).to.deep.equal(outputs);
      const asked = proxy.calls
        .filter(({ method }) => method === "eth_getLogs")
        .map(({ params }) => range(params));
      expect(asked.length).to.be.greaterThan(10);
      for (const [from] of asked) expect(from).to.be.greaterThan(0);
    });

    it("that are pruned are no obstacle to who has the answer, and said to who has not", async () => {
      proxy.rule = ({ method }) =>
        method === "eth_getLogs" ? { error: { code: 4444, message: "pruned history unavailable" } } : "pass";
      const status = await own.status(jobId);
      expect([status.status, status.payee]).to.deep.equal(["fulfilled", undefined]);
      expect(status.outputs).to.deep.equal(outputs);
      const file = join(jobsDir, `${jobId}.json`);
      renameSync(file, `${file}.away`);
      const said = await refusalOf(() => own.status(jobId));
      renameSync(`${file}.away`, file);
      expect(said)
        .to.contain("events cannot be found")
        .and.to.contain("pruned history")
        .and.to.contain("archive");
    });
  });
});
