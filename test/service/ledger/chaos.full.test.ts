import { expect } from "chai";
import { parseUnits, toQuantity } from "ethers";
import { randomNumbers } from "../../helpers/models.js";
import type { Ledger } from "../../../src/service/ledger/ledger.js";
import type { Intent } from "../../../src/service/ledger/intents.js";
import { Setting } from "./setting.js";

const STEPS = 50;

describe("the ledger in a chaos of deaths, drops, reorganizations and prices", function () {
  this.timeout(1_800_000);
  let setting: Setting;

  before(async () => (setting = await Setting.start()));
  after(() => setting.close());

  for (const seed of [1, 2])
    it(`makes each payment once, by nonces without a gap (seed ${seed})`, async () => {
      const next = randomNumbers(seed);
      /** A whole number below `count`. */
      const below = (count: number) => Math.floor(Math.abs(next()) * 1e6) % count;
      const wallet = await setting.wallet();
      const open = async () => setting.openWhenFree(wallet);
      let ledger: Ledger = await open();

      const payments: Intent[] = [];
      const happened = new Map<string, number>();
      const happenings: Readonly<Record<string, () => Promise<unknown>>> = {
        payments: async () => payments.push(...(await setting.pay(ledger, 1 + below(4)))),
        death: async () => {
          payments.push(...(await setting.pay(ledger, 1)));
          await ledger.close();
          expect(await setting.die(wallet, below(2) === 0 ? "before" : "after")).to.equal("SIGKILL");
          ledger = await open();
        },
        drop: () => setting.anvil.send("anvil_dropAllTransactions"),
        reorganization: () => setting.anvil.send("anvil_reorg", 1 + below(3), []),
        price: () =>
          setting.anvil.send(
            "anvil_setNextBlockBaseFeePerGas",
            toQuantity(parseUnits(`${1 + below(90)}`, "gwei")),
          ),
        "database's death": () => setting.killDatabase(),
        block: () => setting.mine(),
        tick: () => ledger.tick(),
      };
      // Those that take no time come most often.
      const names = [
        ...Object.keys(happenings),
        ..."payments drop reorganization price block block".split(" "),
      ];
      await setting.mine(5);
      for (let step = 0; step < STEPS; step++) {
        const name = names[below(names.length)];
        await setting.whenBack();
        await happenings[name]();
        happened.set(name, (happened.get(name) ?? 0) + 1);
        await ledger.tick();
        if (below(2) === 0) await setting.mine();
      }
      await setting.finish(ledger);
      expect([...happened.keys()].sort()).to.deep.equal(Object.keys(happenings).sort());
      expect(await setting.balances(payments)).to.deep.equal(payments.map(({ value }) => value));
      expect(await setting.provider.getTransactionCount(wallet)).to.equal(payments.length);
      const [{ slots, last }] = await setting.database.query<{ slots: number; last: number }>(
        "select count(*)::int as slots, max(nonce)::int as last from slot where address = $1 and state = 'final'",
        [wallet.address],
      );
      expect([slots, last]).to.deep.equal([payments.length, payments.length - 1]);
      await ledger.close();
    });
});
