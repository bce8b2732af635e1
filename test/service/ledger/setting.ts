import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { JsonRpcProvider, parseEther, toQuantity, Wallet } from "ethers";
import { Database, isDatabaseGone } from "../../../src/service/database/database.js";
import { EmbeddedPostgres } from "../../../src/service/database/embedded.js";
import { migrate } from "../../../src/service/database/migrate.js";
import type { Intent, IntentChange } from "../../../src/service/ledger/intents.js";
import { Ledger } from "../../../src/service/ledger/ledger.js";
import type { LedgerOptions } from "../../../src/service/ledger/options.js";
import { startAnvil, type Anvil } from "../../helpers/anvil.js";

const GWEI = 1_000_000_000n;

/** Of every ledger here: final after four blocks, which no reorganization takes away. */
export const OPTIONS = {
  maxGasPrice: 100n * GWEI,
  mostFee: 1000n * GWEI,
  confirmations: 4,
  patience: 3,
};

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>> & { readonly message: string };

/** A database, and a node whose blocks are made one by one. */
export class Setting {
  readonly lines: Line[] = [];
  readonly provider: JsonRpcProvider;

  private constructor(
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
    readonly database: Database,
    readonly anvil: Anvil,
  ) {
    this.provider = this.providerOf(anvil.url);
  }

  static async start(): Promise<Setting> {
    const folder = join(process.cwd(), "cache", `ledger-${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    const server = await EmbeddedPostgres.start(join(folder, "database"));
    const database = new Database(server.url);
    await migrate(database);
    const anvil = await startAnvil("--no-mining", "--order", "fees", "--chain-id", "31337");
    return new Setting(folder, server, database, anvil);
  }

  async close(): Promise<void> {
    this.provider.destroy();
    this.anvil.close();
    await this.database.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the node says now: no answer is kept. */
  providerOf(url: string): JsonRpcProvider {
    return new JsonRpcProvider(url, 31337, { staticNetwork: true, cacheTimeout: -1 });
  }

  /** A new account with a thousand coins. */
  async wallet(): Promise<Wallet> {
    const wallet = new Wallet(Wallet.createRandom().privateKey, this.provider);
    await this.anvil.send("anvil_setBalance", wallet.address, toQuantity(parseEther("1000")));
    return wallet;
  }

  async open(
    wallet: Wallet,
    options: Partial<LedgerOptions> = {},
    provider = this.provider,
  ): Promise<Ledger> {
    const log = (fields: object, message: string) => void this.lines.push({ ...fields, message });
    return Ledger.open(this.database, provider, wallet, { ...OPTIONS, log, ...options });
  }

  /** After the death of an owner, whose lock its database gives up a moment later. */
  async openWhenFree(wallet: Wallet): Promise<Ledger> {
    for (;;) {
      try {
        return await this.open(wallet);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code !== "SIGNER_BUSY" && code !== "DATABASE_UNAVAILABLE") throw error;
      }
    }
  }

  /** Waits until the database answers. */
  async whenBack(): Promise<void> {
    for (;;) {
      try {
        await this.database.query("select 1");
        return;
      } catch (error) {
        if (!isDatabaseGone(error)) throw error;
      }
    }
  }

  async mine(blocks = 1): Promise<void> {
    await this.anvil.send("anvil_mine", toQuantity(blocks));
  }

  /** Submits payments to accounts of their own. */
  async pay(ledger: Ledger, count: number): Promise<Intent[]> {
    const payments = Array.from({ length: count }, (_, i) => ({
      id: randomUUID(),
      to: Wallet.createRandom().address,
      value: BigInt(i + 1),
      data: "0x",
    }));
    await this.database.transaction(async (sql) => {
      for (const payment of payments) await ledger.submit(sql, payment);
    });
    return payments;
  }

  /** Ticks and makes blocks until no intent is on its way. */
  async finish(ledger: Ledger): Promise<void> {
    for (;;) {
      await ledger.tick();
      const open = await this.database.query(
        "select from intent where address = $1 and state not in ('final', 'failed')",
        [ledger.account.address],
      );
      if (open.length === 0) return;
      await this.mine();
    }
  }

  async balances(payments: readonly Intent[]): Promise<bigint[]> {
    return Promise.all(payments.map(({ to }) => this.provider.getBalance(to)));
  }

  /** What an intent is now. */
  async state(ledger: Ledger, { id }: Intent): Promise<IntentChange | undefined> {
    return (await ledger.changes(0n)).find((change) => change.id === id);
  }

  /** Kills the database's server, which starts again by itself. */
  async killDatabase(): Promise<void> {
    const text = await readFile(join(this.folder, "database/data/postmaster.pid"), "utf8");
    process.kill(Number.parseInt(text, 10), "SIGKILL");
  }

  /** Runs a ledger in a process of its own, which dies at its first sending. @returns the signal that ended it */
  async die(wallet: Wallet, when: "before" | "after"): Promise<string> {
    const script = join(import.meta.dirname, "dyingLedger.ts");
    const parameters = [this.database.url, this.anvil.url, wallet.privateKey, when];
    const child = spawn(process.execPath, ["--import", "tsx", script, ...parameters], {
      stdio: "inherit",
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const [, signal] = (await once(child, "exit")) as [number | null, string];
    return signal;
  }
}
