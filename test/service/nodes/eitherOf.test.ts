import { expect } from "chai";
import { BrowserProvider, Wallet, type Eip1193Provider } from "ethers";
import { explain } from "../../../src/client/errors.js";
import { eitherOf, ofChain } from "../../../src/service/nodes/eitherOf.js";
import { KEYS, startAnvil, type Anvil } from "../../helpers/anvil.js";
import { refusalOf } from "../../plugin/project.js";
import { TroubledNode } from "../watcher/node.js";

describe("two nodes as one", function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let first: TroubledNode;
  let second: TroubledNode;

  before(async () => {
    anvil = await startAnvil("--chain-id", "31337");
    [first, second] = [await TroubledNode.start(anvil.url), await TroubledNode.start(anvil.url)];
  });
  after(() => {
    first.close();
    second.close();
    anvil.close();
  });
  beforeEach(() => {
    for (const node of [first, second]) {
      node.behavior = {};
      node.methods.length = 0;
    }
  });

  const asked = (node: TroubledNode): Eip1193Provider => {
    const provider = node.provider();
    return { request: ({ method, params = [] }) => provider.send(method, params) as Promise<unknown> };
  };
  const both = (patience = 300) =>
    new BrowserProvider(eitherOf(asked(first), asked(second), patience), 31337, {
      ...{ staticNetwork: true, cacheTimeout: -1 },
    });

  it("ask the first alone as long as it answers", async () => {
    const provider = both();
    for (let i = 0; i < 3; i++) expect(await provider.getBlockNumber()).to.equal(0);
    expect(first.methods).to.have.length(3);
    expect(second.methods).to.deep.equal([]);
  });

  it("ask the second where the first breaks off or is late, and do not wait for it again", async () => {
    for (const behavior of [{ isDead: true }, { delay: 1000 }]) {
      first.behavior = behavior;
      const provider = both();
      expect((await provider.getBlock("latest"))!.number).to.equal(0);
      const start = performance.now();
      expect(await provider.getBlockNumber()).to.equal(0);
      expect(performance.now() - start).to.be.lessThan(300);
      // The second fails by and by, and the first is there again.
      first.behavior = {};
      second.behavior = { isDead: true };
      expect(await provider.getBlockNumber()).to.equal(0);
      second.behavior = {};
    }
  });

  it("ask the second where the first refuses, and tell a refusal of both", async () => {
    first.behavior = { mostBlocks: 1 };
    const filter = { fromBlock: 0, toBlock: 5 };
    expect(await both().getLogs(filter)).to.deep.equal([]);
    second.behavior = { mostBlocks: 1 };
    expect(await refusalOf(() => both().getLogs(filter))).to.contain("exceeds the range");
  });

  it("take what a contract says for an answer", async () => {
    // PUSH0 PUSH0 REVERT
    const call = { data: "0x5f5ffd" };
    const refusal = await both()
      .call(call)
      .catch((error: unknown) => error);
    expect(refusal).to.include({ code: "CALL_EXCEPTION" });
    expect(second.methods).to.deep.equal([]);
  });

  it("send a transaction, and take a node's word about it", async () => {
    const provider = both();
    const wallet = new Wallet(KEYS[0], provider);
    const raw = await wallet.signTransaction(
      await wallet.populateTransaction({ to: wallet.address, value: 1n }),
    );
    first.behavior = { isDead: true };
    await (await provider.broadcastTransaction(raw)).wait();
    first.behavior = {};
    second.methods.length = 0;
    const refusal = await both()
      .broadcastTransaction(raw)
      .catch((error: unknown) => explain(error));
    expect(refusal).to.be.instanceOf(Error);
    expect(second.methods).to.deep.equal([]);
  });

  it("ask nothing of a node of another chain", async () => {
    first.behavior = { isDead: true };
    const foreign = ofChain(asked(second), 1n, "other");
    const either = eitherOf(asked(first), foreign, 300);
    expect(await refusalOf(() => foreign.request({ method: "eth_blockNumber" }))).to.match(
      /network "other" is of chain 31337, and the service sells on chain 1/,
    );
    await refusalOf(() => either.request({ method: "eth_blockNumber" }));
    expect(new Set(second.methods)).to.deep.equal(new Set(["eth_chainId"]));
  });
});
