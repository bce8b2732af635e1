import { expect } from "chai";
import { execFile } from "node:child_process";
import { rename, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { followPurchase } from "../../../src/client/index.js";
import { readBooks } from "../../../src/service/books/books.js";
import { refusalOf } from "../../plugin/project.js";
import { Market, type ServeOptions } from "./market.js";

describe("a backup of the service's folder", function () {
  this.timeout(300_000);
  let market: Market;

  beforeEach(async () => {
    market = await Market.open();
  });
  afterEach(() => market.close());

  const ADOPT = { adoptNonce: true };

  /** Seconds longer than any test. */
  const NEVER = { settling: { wait: 100_000 } };

  const copy = (from: string, to: string) => promisify(execFile)("cp", ["-a", from, to]);

  /** Stops the service, and copies its folder. */
  const backUp = async (): Promise<string> => {
    await market.stop();
    const backup = `${market.folder}.backup`;
    await rm(backup, { recursive: true, force: true });
    await copy(market.folder, backup);
    return backup;
  };

  /** Puts a copy in the place of what there is. */
  const restore = async (backup: string) => {
    await rename(market.folder, `${market.folder}.${Date.now()}`);
    await copy(backup, market.folder);
  };

  /** Stops the service, and starts it with a copy of all that it had. */
  const again = async (options: ServeOptions = {}) => {
    await restore(await backUp());
    await market.serve(options);
  };

  it("goes on with a job of any state", async () => {
    await market.serve({ provers: 1 });
    const order = await market.order();
    await again({ provers: 0 });
    expect((await market.row(order)).state).to.equal("quoted");
    // It has another port, and the purchase is to be followed there.
    const here = () => market.moved(order);
    await market.pay(here());
    expect((await market.row(order)).state).to.equal("funding");
    await again({ provers: 0 });
    await market.until([order], "funded", { mining: true });
    await again({ provers: 0 });
    expect((await market.row(order)).state).to.equal("funded");
    await market.stop();
    // The prover ends in the middle of the proof.
    const lines = market.lines.length;
    await market.serve({ provers: 1, ...NEVER });
    await market.said('"Proving"', lines);
    await market.stop("end");
    await market.serve({ provers: 0, ...NEVER });
    expect((await market.row(order)).state).to.equal("proving");
    await again({ provers: 1, ...NEVER });
    await market.until([order], "proven");
    await again({ provers: 0 });
    await market.until([order], "settling");
    await again({ provers: 0 });
    expect((await market.row(order)).state).to.equal("settling");
    await market.pending(1);
    await market.mine();
    await market.until([order], "settled");
    await again({ provers: 0 });
    await market.until([order], "final", { mining: true });
    await again({ provers: 0 });
    const { outputs, state } = await followPurchase(here().purchase, { model: order.model });
    expect(outputs).to.have.length(1);
    expect(state).to.equal("final");
    expect(await market.statusOf(order)).to.equal("fulfilled");
    const books = await readBooks(market.database);
    expect(books.amounts[0]).to.include({ earned: 15n * 10n ** 17n, open: 0n, atRisk: 0n });
    expect(books.transactions).to.deep.equal({ mined: 2, waiting: 0 });
  });

  it("that is older than the account's last transaction goes on with --adopt-nonce", async () => {
    const { anvil } = market.devnet;
    const baseFee = async (gwei: number) => {
      await anvil.send("anvil_setNextBlockBaseFeePerGas", `0x${(gwei * 1e9).toString(16)}`);
      await market.mine();
    };
    // The backup has a job that is proven, one whose payment is sent, and one that is only quoted.
    await market.serve({ provers: 1, ...NEVER });
    const proven = await market.buy();
    await market.until([proven], "proven", { mining: true });
    const quoted = await market.order();
    const sent = await market.buy();
    const waiting = async () => (await readBooks(market.database)).transactions.waiting;
    await market.pending(1);
    const backup = await backUp();

    // Afterwards, the payment is sent again for a higher fee, under a hash that the backup does not know, and all is settled.
    await anvil.send("anvil_dropAllTransactions");
    await market.serve({ provers: 1 });
    await baseFee(500);
    await market.said("replaced by a transaction with higher fees");
    await baseFee(1);
    await market.pay(market.moved(quoted));
    const later = await market.buy();
    const all = [proven, sent, quoted, later];
    await market.until(all, "final", { mining: true });
    expect(await waiting()).to.equal(0);
    const nonce = await market.node.getTransactionCount(market.shop.provider);
    const earned = (await readBooks(market.database)).amounts[0].earned;
    await market.stop();

    // Without a word, nothing is signed.
    await restore(backup);
    let lines = market.lines.length;
    await market.serve({ provers: 1 });
    const line = await market.said("SIGNER_SHARED", lines);
    expect(line).to.contain("is none that the service signed");
    const ready = await fetch(`${market.service!.url}/readyz`);
    expect(ready.status).to.equal(503);
    expect(await ready.json()).to.include({ code: "SIGNER_SHARED" });
    await market.stop();

    // What is not final could still change.
    await anvil.send("anvil_setNonce", market.shop.provider, `0x${(nonce + 1).toString(16)}`);
    expect(await refusalOf(() => market.serve({ ledger: ADOPT }))).to.contain("not final yet");
    await anvil.send("anvil_setNonce", market.shop.provider, `0x${nonce.toString(16)}`);

    await market.mine(4);
    lines = market.lines.length;
    await market.serve({ provers: 1, ledger: ADOPT });
    expect(await market.said("The nonce is the chain's", lines)).to.contain(`"nonce":${nonce}`);
    // What the backup knows is as the chain has it, and what is ordered now is answered.
    const next = await market.buy();
    await market.until([proven, sent, quoted, next], "final", { mining: true });
    expect(
      await market.database.query("select from job where id = $1", [later.purchase.jobId]),
    ).to.deep.equal([]);
    for (const order of [...all, next]) expect(await market.statusOf(order)).to.equal("fulfilled");
    const { escrow } = market.shop.contracts;
    const balance = await escrow.balanceOf(market.shop.provider, await market.token.getAddress());
    expect(balance).to.equal((earned / 4n) * 5n);
    // Nothing that had happened was sent again: one transaction funds the new job, and one settles it.
    expect(await market.node.getTransactionCount(market.shop.provider)).to.equal(nonce + 2);
    // Afterwards it starts as ever.
    await market.stop();
    await market.serve({ provers: 0, ledger: ADOPT });
    expect(await market.node.getTransactionCount(market.shop.provider)).to.equal(nonce + 2);
  });
});
