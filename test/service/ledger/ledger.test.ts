import { expect } from "chai";
import { parseUnits, Wallet } from "ethers";
import type { Intent } from "../../../src/service/ledger/intents.js";
import type { Ledger } from "../../../src/service/ledger/ledger.js";
import { Puppet__factory } from "../../../types/ethers-contracts/factories/test/Puppet__factory.js";
import type { Puppet } from "../../../types/ethers-contracts/test/Puppet.js";
import { KEYS } from "../../helpers/anvil.js";
import { startRpcProxy } from "../../helpers/rpcProxy.js";
import { Setting } from "./setting.js";

/** What a puppet does. */
const [NOTHING, REVERT] = [0, 1];

/** What another account offers, so that its transaction comes first. */
interface Priced {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly gasLimit: number;
}

describe("the ledger", function () {
  this.timeout(300_000);
  let setting: Setting;
  let wallet: Wallet;
  let ledger: Ledger;

  before(async () => (setting = await Setting.start()));
  after(() => setting.close());
  beforeEach(async () => {
    setting.lines.length = 0;
    wallet = await setting.wallet();
    ledger = await setting.open(wallet);
  });
  afterEach(() => ledger.close());

  /** Each was paid once, by nonces without a gap. */
  const expectPaid = async (payments: readonly Intent[], nonces = payments.length) => {
    expect(await setting.balances(payments)).to.deep.equal(payments.map(({ value }) => value));
    expect(await setting.provider.getTransactionCount(wallet)).to.equal(nonces);
    const slots = await setting.database.query(
      "select nonce from slot where address = $1 and state = 'final' order by nonce",
      [wallet.address],
    );
    expect(slots).to.deep.equal(Array.from({ length: nonces }, (_, i) => ({ nonce: String(i) })));
  };

  const states = async () => (await ledger.changes(0n)).map(({ state }) => state);

  const transactions = async () =>
    setting.database.query<{ hash: string; max_fee: string; tip: string }>(
      "select hash, max_fee, tip from tx where address = $1 order by nonce, n",
      [wallet.address],
    );

  const baseFee = async (gwei: number) => {
    await setting.anvil.send(
      "anvil_setNextBlockBaseFeePerGas",
      `0x${parseUnits(String(gwei), "gwei").toString(16)}`,
    );
    await setting.mine();
  };

  /** Sends a transaction of another account, mined before all others. */
  const other = async <Sent>(send: (overrides: Priced) => Promise<Sent>): Promise<Sent> => {
    const tip = parseUnits("50", "gwei");
    const sent = await send({ maxFeePerGas: 20n * tip, maxPriorityFeePerGas: tip, gasLimit: 3_000_000 });
    await setting.mine();
    return sent;
  };

  const puppet = async (mode: number): Promise<Puppet> => {
    const owner = new Wallet(KEYS[1], setting.provider);
    const made = (await other((overrides) => new Puppet__factory(owner).deploy(overrides))) as Puppet;
    if (mode !== NOTHING) await other((overrides) => made.tell(mode, overrides));
    return made;
  };

  it("pays each intent once, however often it is submitted, and none that its caller undoes", async () => {
    const payments = await setting.pay(ledger, 3);
    for (const payment of payments) await ledger.submit(setting.database, payment);
    const undone = { ...payments[0], id: `${payments[0].id}'` };
    await setting.database
      .transaction(async (sql) => {
        await ledger.submit(sql, undone);
        throw new Error("undone");
      })
      .catch((error: Error) => expect(error.message).to.equal("undone"));
    const changed = await ledger
      .submit(setting.database, { ...payments[0], value: 99n })
      .catch((error: Error) => error);
    expect(changed).to.have.property("code", "INVALID_ARGUMENT");

    await Promise.all([ledger.tick(), ledger.tick()]);
    expect(await states()).to.deep.equal(["sent", "sent", "sent"]);
    await setting.mine();
    await ledger.tick();
    expect(await states()).to.deep.equal(["mined", "mined", "mined"]);
    await setting.finish(ledger);
    await expectPaid(payments);
    const [last] = (await ledger.changes(0n)).slice(-1);
    const receipt = await setting.provider.getTransactionReceipt(last.transaction!);
    expect(receipt).to.include({ blockHash: last.blockHash, gasUsed: last.gasUsed, gasPrice: last.gasPrice });
    expect(await ledger.changes(last.change)).to.deep.equal([]);
  });

  for (const when of ["before", "after"] as const)
    it(`goes on where a process was killed ${when} it sent`, async () => {
      const payments = await setting.pay(ledger, 2);
      await ledger.close();
      expect(await setting.die(wallet, when)).to.equal("SIGKILL");
      const [{ hash }] = await transactions();
      const isThere = (await setting.provider.getTransaction(hash)) !== null;
      expect(isThere).to.equal(when === "after");
      ledger = await setting.openWhenFree(wallet);
      await setting.finish(ledger);
      await expectPaid(payments);
      expect(await transactions()).to.have.length(2);
    });

  it("sends again what the node has dropped", async () => {
    const payments = await setting.pay(ledger, 3);
    await ledger.tick();
    await setting.anvil.send("anvil_dropTransaction", (await transactions())[0].hash);
    await ledger.tick();
    await setting.anvil.send("anvil_dropAllTransactions");
    await setting.mine();
    expect(await setting.balances(payments)).to.deep.equal([0n, 0n, 0n]);
    await setting.finish(ledger);
    await expectPaid(payments);
  });

  for (const depth of [1, 2, 3])
    it(`opens what a reorganization of ${depth} blocks takes away, and tells of it`, async () => {
      const payments = await setting.pay(ledger, 2);
      await ledger.tick();
      await setting.mine(depth);
      await ledger.tick();
      expect(await states()).to.deep.equal(["mined", "mined"]);
      const [{ change }] = (await ledger.changes(0n)).slice(-1);
      await setting.anvil.send("anvil_reorg", depth, []);
      expect(await setting.balances(payments)).to.deep.equal([0n, 0n]);
      await ledger.tick();
      const rewound = await ledger.changes(change);
      expect(rewound.map(({ state, block }) => [state, block])).to.deep.equal([
        ["sent", undefined],
        ["sent", undefined],
      ]);
      await setting.finish(ledger);
      await expectPaid(payments);
    });

  it("replaces what offers too little for the base fee, and what waits too long, up to its limit", async () => {
    await ledger.close();
    const most = parseUnits("60", "gwei");
    ledger = await setting.open(wallet, { mostFee: most });
    const payments = await setting.pay(ledger, 1);
    await baseFee(1);
    await ledger.tick();
    await baseFee(20);
    await ledger.tick();
    // Nothing that waits is mined as long as a block asks for more than the limit.
    for (let i = 0; i < 8; i++) {
      await baseFee(70);
      await ledger.tick();
    }
    const sent = await transactions();
    expect(sent.length).to.be.greaterThan(2);
    for (const [i, { max_fee, tip }] of sent.entries()) {
      expect(BigInt(max_fee) <= most, max_fee).to.equal(true);
      if (i === 0) continue;
      expect(8n * BigInt(max_fee) >= 9n * BigInt(sent[i - 1].max_fee), max_fee).to.equal(true);
      expect(8n * BigInt(tip) >= 9n * BigInt(sent[i - 1].tip), tip).to.equal(true);
    }
    await baseFee(1);
    await setting.finish(ledger);
    await expectPaid(payments);
  });

  it("lets intents wait for a lower price of gas, but for urgent ones", async () => {
    await baseFee(200);
    const [patient, urgent] = await setting.pay(ledger, 2);
    await setting.database.query(
      "update intent set urgent_from = now() - interval '1 minute' where id = $1",
      [urgent.id],
    );
    await ledger.tick();
    expect((await setting.state(ledger, urgent))?.state).to.equal("sent");
    expect(await setting.state(ledger, patient)).to.equal(undefined);
    await baseFee(1);
    await setting.finish(ledger);
    await expectPaid([patient, urgent]);
  });

  it("fails an intent that would revert, without a nonce", async () => {
    const to = await (await puppet(REVERT)).getAddress();
    const [payment] = await setting.pay(ledger, 1);
    const intent = { ...payment, id: `${payment.id}'`, to };
    await ledger.submit(setting.database, intent);
    await setting.finish(ledger);
    const failed = await setting.state(ledger, intent);
    expect(failed?.state).to.equal("failed");
    expect(failed?.reason).to.match(/^A contract refused with an error/);
    await expectPaid([payment]);
  });

  it("fails an intent that reverts when it is mined, and not before that is final", async () => {
    const made = await puppet(NOTHING);
    const intent = { id: wallet.address, to: await made.getAddress(), value: 1n, data: "0x" };
    await ledger.submit(setting.database, intent);
    await ledger.tick();
    await other((overrides) => made.tell(REVERT, overrides));
    await ledger.tick();
    const mined = await setting.state(ledger, intent);
    expect(mined?.state).to.equal("mined");
    expect(mined?.reason).to.match(/^A contract refused with an error/);

    // In another branch of the chain it succeeds.
    await setting.anvil.send("anvil_reorg", 1, []);
    await setting.finish(ledger);
    expect(await setting.state(ledger, intent)).to.include({ state: "final" });
    expect(await setting.provider.getBalance(intent.to)).to.equal(1n);

    const second = { ...intent, id: `${intent.id}'` };
    await ledger.submit(setting.database, second);
    await ledger.tick();
    await other((overrides) => made.tell(REVERT, overrides));
    const [payment] = await setting.pay(ledger, 1);
    await setting.finish(ledger);
    expect((await setting.state(ledger, second))?.state).to.equal("failed");
    expect((await setting.state(ledger, second))?.reason).to.match(/^A contract refused with an error/);
    await expectPaid([payment], 3);
  });

  it("takes an option that is undefined for one that was not given", async () => {
    await ledger.close();
    ledger = await setting.open(wallet, { confirmations: undefined });
    const [payment] = await setting.pay(ledger, 1);
    await ledger.tick();
    // More than are asked for here otherwise, and fewer than by default.
    await setting.mine(8);
    for (let i = 0; i < 3; i++) await ledger.tick();
    expect(await setting.state(ledger, payment)).to.include({ state: "mined" });
    await setting.finish(ledger);
    await expectPaid([payment]);
  });

  it("refuses a second owner until the first has closed", async () => {
    const refused = await setting.open(wallet).catch((error: Error) => error);
    expect(refused).to.have.property("code", "SIGNER_BUSY");
    await ledger.close();
    ledger = await setting.open(wallet);
  });

  it("signs nothing while another has its lock", async () => {
    const payments = await setting.pay(ledger, 2);
    await setting.database.query(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 7002",
    );
    const second = await setting.openWhenFree(wallet);
    await ledger.tick();
    await ledger.tick();
    expect(await transactions()).to.deep.equal([]);
    expect(setting.lines.at(-1)?.message).to.equal("another process holds the signer");
    await second.close();
    await setting.finish(ledger);
    await expectPaid(payments);
  });

  it("goes on when the database is killed and comes back", async () => {
    const payments = await setting.pay(ledger, 4);
    await ledger.tick();
    await setting.killDatabase();
    while (ledger.errors.database === 0) await ledger.tick();
    await setting.mine();
    await setting.whenBack();
    await setting.finish(ledger);
    await expectPaid(payments);
  });

  it("stops when somebody else uses its key", async () => {
    const stop = async () => (await ledger.tick().catch((error: Error) => error)) ?? undefined;
    const foreign = async (nonce: number) => {
      const fee = parseUnits("400", "gwei");
      await wallet.sendTransaction({ to: wallet, nonce, maxFeePerGas: fee, maxPriorityFeePerGas: fee });
    };
    // In the place of what the ledger has signed: certain when it is final.
    const payments = await setting.pay(ledger, 1);
    await ledger.tick();
    await foreign(0);
    await setting.mine();
    await setting.pay(ledger, 1);
    expect(await stop()).to.equal(undefined);
    expect(await transactions()).to.have.length(1);
    await setting.mine(4);
    expect(await stop()).to.include({ code: "SIGNER_SHARED" });
    expect(await setting.balances(payments)).to.deep.equal([0n]);

    // In a place that the ledger has not used.
    await ledger.close();
    wallet = await setting.wallet();
    ledger = await setting.open(wallet);
    await foreign(0);
    await setting.mine();
    expect(await stop()).to.include({ code: "SIGNER_SHARED" });

    // Before it begins.
    await ledger.close();
    wallet = await setting.wallet();
    await foreign(0);
    const refused = await setting.open(wallet).catch((error: Error) => error);
    expect(refused).to.have.property("code", "TRANSACTION_PENDING");
  });

  it("goes on behind a node that fails, answers late, or not at all, and logs no address of it", async () => {
    await ledger.close();
    const proxy = await startRpcProxy(setting.anvil.url);
    const provider = setting.providerOf(proxy.url);
    ledger = await setting.open(wallet, { callTime: 500 }, provider);
    let calls = 0;
    proxy.rule = ({ method }) => {
      calls++;
      if (method === "eth_sendRawTransaction") return calls % 2 === 0 ? "lost before" : "lost after";
      if (method === "eth_estimateGas" && calls % 2 === 0)
        return { error: { code: -32005, message: `too many requests to ${proxy.url}` } };
      // Longer than the ledger waits.
      if (calls % 11 === 0) return new Promise(() => undefined);
      return calls % 5 === 0 ? "lost before" : "pass";
    };
    const payments = await setting.pay(ledger, 3);
    await setting.finish(ledger);
    provider.destroy();
    proxy.close();
    await expectPaid(payments);
    expect(ledger.errors.node).to.be.greaterThan(0);
    expect(JSON.stringify(setting.lines)).not.to.contain("127.0.0.1");
  });
});
