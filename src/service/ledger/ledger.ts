import type { Provider, Signer } from "ethers";
import type { Database, Sql } from "../database/database.js";
import { adoptNonce } from "./adopting.js";
import { Beginning } from "./beginning.js";
import { Following, type Found } from "./following.js";
import { Guard } from "./guard.js";
import { changedIntents, writeIntent, type Account, type Intent, type IntentChange } from "./intents.js";
import { Node, type Look } from "./node.js";
import { withDefaults, type LedgerOptions, type Options } from "./options.js";
import { Ownership } from "./ownership.js";
import { foreignUse, signerBusy, waitsStill } from "./refusals.js";
import { Signing } from "./signing.js";
import { Store } from "./store.js";

/**
 * Makes each intent happen on chain once. All that it knows is in the database: a process that is killed at any point is
 * followed by one that goes on. A transaction is signed and written down before it is sent, and sent again until it is mined.
 */
export class Ledger {
  private readonly guard: Guard;
  private readonly following: Following;
  private readonly beginning: Beginning;
  private ticking?: Promise<void>;

  private constructor(
    private readonly database: Database,
    private readonly owner: Ownership,
    private readonly node: Node,
    private readonly store: Store,
    /** Whose transactions these are. */
    readonly account: Account,
    wallet: Signer,
    private readonly options: Options,
  ) {
    const signing = new Signing(wallet, account);
    this.guard = new Guard(options.log);
    this.following = new Following(node, store, signing, this.guard, options);
    this.beginning = new Beginning(account, node, store, signing, this.guard, options);
  }

  /**
   * Takes the right to sign for an account. The first time, its nonce comes from the chain.
   *
   * @param database with the service's tables
   * @param provider of the chain's node
   * @param wallet of the account, which signs without sending
   * @param options limits, times and the log
   * @throws Torch2CircomError if another process has the right, or transactions of the account wait that it did not sign
   * @throws NodeError if the node does not answer
   */
  static async open(
    database: Database,
    provider: Provider,
    wallet: Signer,
    options: LedgerOptions,
  ): Promise<Ledger> {
    const whole = withDefaults(options);
    const node = new Node(provider, whole.callTime);
    const account = { chain: await node.chain(), address: await wallet.getAddress() };
    const owner = new Ownership(database, `${account.chain}:${account.address}`);
    if (!(await owner.take())) throw signerBusy(account.address);
    try {
      const store = new Store(owner, account);
      if ((await store.nextNonce()) === undefined) {
        const { nonce } = await node.look(account.address, 0);
        if ((await node.pendingNonce(account.address)) !== nonce) throw waitsStill(account.address);
        await store.begin(nonce);
      }
      if (whole.adoptNonce) await adoptNonce(node, store, account, whole);
      return new Ledger(database, owner, node, store, account, wallet, whole);
    } catch (error) {
      await owner.release();
      throw error;
    }
  }

  /** Failures of the node and of the database since it was opened. */
  get errors(): Readonly<{ node: number; database: number }> {
    return this.guard.errors;
  }

  /**
   * Writes an intent down. It is one intent, however often it is submitted.
   *
   * @param sql the caller's transaction: the intent is there if that is committed
   * @param intent what is to happen
   * @throws Torch2CircomError if it cannot be, or if its id is that of another intent
   */
  async submit(sql: Sql, intent: Intent): Promise<void> {
    await writeIntent(sql, this.account, intent);
  }

  /**
   * What became of the intents that changed since a change. Each is told once, as it is now.
   *
   * @param after number of the last change that is known, 0 for none
   * @param sql the caller's transaction, which can write down how far it has read
   * @returns the oldest change first
   */
  async changes(after: bigint, sql: Sql = this.database): Promise<IntentChange[]> {
    return changedIntents(sql, this.account, after);
  }

  /**
   * Takes each intent as far as it goes now. It is to be called every few seconds; a call while another runs is that one. A node
   * or a database that fails is logged and counted, and the next tick goes on.
   *
   * @throws Torch2CircomError SIGNER_SHARED if somebody else uses the account: nothing is signed then
   */
  tick(): Promise<void> {
    this.ticking ??= this.guard.run(() => this.run()).finally(() => (this.ticking = undefined));
    return this.ticking;
  }

  /** Gives the right to sign back, after a tick that runs. */
  async close(): Promise<void> {
    await this.ticking?.catch(() => undefined);
    await this.owner.release();
  }

  private async run(): Promise<void> {
    const { log, confirmations, tickTime } = this.options;
    if (!(await this.owner.take())) return log({}, "another process holds the signer");
    this.node.begin(tickTime);
    // The look comes before the receipts: transactions that its nonces count are mined.
    const look = await this.node.look(this.account.address, confirmations);
    const found = await this.following.find(await this.store.slots());
    await this.refuseForeignUse(look, found);
    await this.following.follow(found, look);
    await this.beginning.begin(look);
  }

  /** A nonce that the chain has used for a transaction that is none of the ledger's. */
  private async refuseForeignUse({ nonce, finalNonce }: Look, found: readonly Found[]): Promise<void> {
    const next = (await this.store.nextNonce())!;
    // A receipt may be late, but not later than a final block.
    const lost = found.find(({ slot, receipt }) => slot.nonce < finalNonce && receipt === null);
    const foreign = lost?.slot.nonce ?? (nonce > next ? next : undefined);
    if (foreign !== undefined) throw foreignUse(this.account.address, foreign);
  }
}
