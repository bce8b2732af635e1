import type { TransactionReceipt } from "ethers";
import type { Fees } from "./fees.js";
import type { Account } from "./intents.js";
import type { Ownership } from "./ownership.js";

/** An intent that has no nonce yet. */
export interface Waiting {
  readonly id: string;
  readonly to: string;
  readonly value: bigint;
  readonly data: string;
  /** Whether it is sent at any price of gas. */
  readonly isUrgent: boolean;
}

/** A signed transaction. */
export interface Signed extends Fees {
  readonly hash: string;
  readonly raw: string;
  /** The latest block when it was signed. */
  readonly createdBlock: number;
}

/** A nonce whose transaction is not final. */
export interface Slot {
  readonly nonce: number;
  readonly intent: string;
  /** Hash of the block that its transaction is in; undefined while it is open. */
  readonly minedHash?: string;
  /** The first one and its replacements, the newest first. */
  readonly transactions: readonly Signed[];
}

/** The tables of one signer, written over the connection that holds its lock. */
export class Store {
  constructor(
    private readonly owner: Ownership,
    private readonly account: Account,
  ) {}

  /** Undefined before the account's first nonce was read from the chain. */
  async nextNonce(): Promise<number | undefined> {
    const rows = await this.owner.query<{ next_nonce: string }>(
      "select next_nonce from signer where chain = $1 and address = $2",
      this.key(),
    );
    return rows.length === 0 ? undefined : Number(rows[0].next_nonce);
  }

  async begin(nonce: number): Promise<void> {
    await this.owner.query("insert into signer values ($1, $2, $3)", this.key(nonce));
  }

  /** Goes on with a later nonce. */
  async adopt(nonce: number): Promise<void> {
    await this.owner.query(
      "update signer set next_nonce = $3 where chain = $1 and address = $2",
      this.key(nonce),
    );
  }

  /** The intents that wait, the urgent ones first. */
  async waiting(): Promise<Waiting[]> {
    const rows = await this.owner.query<Waiting & { value: string }>(
      `select id, to_address as to, value, data, coalesce(urgent_from <= now(), false) as "isUrgent"
       from intent where chain = $1 and address = $2 and state = 'waiting' order by 5 desc, created_at, id`,
      this.key(),
    );
    return rows.map((row) => ({ ...row, value: BigInt(row.value) }));
  }

  /** The slots that are not final, the oldest nonce first. */
  async slots(): Promise<Slot[]> {
    const rows = await this.owner.query<Row>(
      `select s.nonce, s.intent, max(t.mined_hash) as "minedHash", json_agg(json_build_object(
         'hash', t.hash, 'raw', t.raw, 'createdBlock', t.created_block, 'maxFee', t.max_fee::text, 'tip', t.tip::text
       ) order by t.n desc) as transactions
       from slot s join tx t using (chain, address, nonce)
       where chain = $1 and address = $2 and s.state <> 'final' group by s.nonce, s.intent order by s.nonce`,
      this.key(),
    );
    return rows.map(({ nonce, intent, minedHash, transactions }) => ({
      nonce: Number(nonce),
      intent,
      minedHash: minedHash ?? undefined,
      transactions: transactions.map((one) => ({
        ...one,
        maxFee: BigInt(one.maxFee),
        tip: BigInt(one.tip),
      })),
    }));
  }

  /** Gives an intent the next nonce, and keeps its transaction: all or nothing. */
  async take(intent: string, sign: (nonce: number) => Promise<Signed>): Promise<Signed> {
    return this.owner.transaction(async () => {
      const nonce = (await this.nextNonce())!;
      const signed = await sign(nonce);
      await this.owner.query("insert into slot values ($1, $2, $3, $4)", this.key(nonce, intent));
      await this.keep(nonce, 0, signed);
      await this.change(intent, "sent");
      await this.adopt(nonce + 1);
      return signed;
    });
  }

  /** Keeps a replacement. */
  async replace({ nonce, transactions }: Slot, signed: Signed): Promise<void> {
    await this.keep(nonce, transactions.length, signed);
  }

  /** @param reason why it reverted, if it did */
  async mined({ nonce, intent }: Slot, receipt: TransactionReceipt, reason?: string): Promise<void> {
    const { hash, blockNumber, blockHash, status, gasUsed, gasPrice } = receipt;
    await this.owner.transaction(async () => {
      await this.owner.query(
        "update tx set mined_block = $2, mined_hash = $3, status = $4, gas_used = $5, gas_price = $6 where hash = $1",
        [hash, blockNumber, blockHash, status, gasUsed, gasPrice],
      );
      await this.owner.query(SLOT_STATE, this.key(nonce, "mined"));
      await this.change(intent, "mined", reason);
    });
  }

  /** Takes back that a slot is mined. */
  async reopen({ nonce, intent }: Slot): Promise<void> {
    await this.owner.transaction(async () => {
      await this.owner.query(
        `update tx set mined_block = null, mined_hash = null, status = null, gas_used = null, gas_price = null
         where chain = $1 and address = $2 and nonce = $3`,
        this.key(nonce),
      );
      await this.owner.query(SLOT_STATE, this.key(nonce, "open"));
      await this.change(intent, "sent");
    });
  }

  /** Takes a slot away whose nonce another transaction has used: its intent waits for another one. */
  async release({ nonce, intent }: Slot): Promise<void> {
    await this.owner.transaction(async () => {
      for (const table of ["tx", "slot"])
        await this.owner.query(
          `delete from ${table} where chain = $1 and address = $2 and nonce = $3`,
          this.key(nonce),
        );
      await this.change(intent, "waiting");
    });
  }

  /** The end of a slot, and of its intent. */
  async finish({ nonce, intent }: Slot, reason?: string): Promise<void> {
    await this.owner.transaction(async () => {
      await this.owner.query(SLOT_STATE, this.key(nonce, "final"));
      await this.change(intent, reason === undefined ? "final" : "failed", reason);
    });
  }

  /** The end of an intent that never had a nonce. */
  async fail(intent: string, reason: string): Promise<void> {
    await this.change(intent, "failed", reason);
  }

  private async keep(nonce: number, n: number, signed: Signed): Promise<void> {
    const { hash, raw, maxFee, tip, createdBlock } = signed;
    await this.owner.query(
      `insert into tx (chain, address, nonce, n, hash, raw, max_fee, tip, created_block)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      this.key(nonce, n, hash, raw, maxFee, tip, createdBlock),
    );
  }

  private async change(intent: string, state: string, reason?: string): Promise<void> {
    await this.owner.query(
      "update intent set state = $2, reason = $3, change = nextval('intent_change') where id = $1",
      [intent, state, reason],
    );
  }

  private key(...more: unknown[]): unknown[] {
    return [this.account.chain, this.account.address, ...more];
  }
}

const SLOT_STATE = "update slot set state = $4 where chain = $1 and address = $2 and nonce = $3";

/** A slot, as the driver and JSON have it. */
interface Row {
  readonly nonce: string;
  readonly intent: string;
  readonly minedHash: string | null;
  readonly transactions: readonly (Omit<Signed, "maxFee" | "tip"> & { maxFee: string; tip: string })[];
}
