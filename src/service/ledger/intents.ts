import { getAddress, isAddress, isHexString } from "ethers";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Sql } from "../database/database.js";

/** What is to happen on chain, once. */
export interface Intent {
  /** The caller's name of it. */
  readonly id: string;
  /** Address of the contract or account that is called. */
  readonly to: string;
  /** 0x and the bytes. */
  readonly data: string;
  /** In wei. */
  readonly value: bigint;
  /** From then on it is sent at any price of gas. @default never */
  readonly urgentFrom?: Date;
}

/**
 * How far an intent has come: `waiting` without a nonce, `sent`, `mined`, and at the end `final` or `failed`. A reorganization
 * makes it `sent` again. One that reverts at the estimate has failed without a nonce. One that was mined and reverted is `mined`
 * with a reason first, and failed when that is final: before, a reorganization could still let it succeed.
 */
export type IntentState = "waiting" | "sent" | "mined" | "final" | "failed";

/** What became of an intent. Transaction, block and gas are those of the transaction that is mined. */
export interface IntentChange {
  /** Ascends with every change of any intent. */
  readonly change: bigint;
  readonly id: string;
  readonly state: IntentState;
  /** Why it reverted, or would. */
  readonly reason?: string;
  readonly transaction?: string;
  readonly block?: number;
  readonly blockHash?: string;
  readonly gasUsed?: bigint;
  /** For one unit of gas, in wei. */
  readonly gasPrice?: bigint;
}

/** Whose intents they are. */
export interface Account {
  readonly chain: bigint;
  readonly address: string;
}

/**
 * Writes an intent down. One that is there already stays as it is.
 *
 * @param sql the caller's transaction
 * @param account that is to sign
 * @param intent what is to happen
 * @throws Torch2CircomError if it cannot be, or if its id is that of another intent
 */
export async function writeIntent(sql: Sql, account: Account, intent: Intent): Promise<void> {
  const { id, to, data, value, urgentFrom } = intent;
  if (!isAddress(to)) throw invalid(id, "its address is none");
  if (!isHexString(data) || data.length % 2 !== 0) throw invalid(id, "its data are not bytes in hexadecimal");
  if (value < 0n) throw invalid(id, "its value is negative");
  const what = [account.chain, account.address, getAddress(to), value, data.toLowerCase()];
  const written = await sql.query(
    `insert into intent (id, chain, address, to_address, value, data, urgent_from)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning id`,
    [id, ...what, urgentFrom ?? null],
  );
  if (written.length > 0) return;
  const same = await sql.query(
    "select from intent where id = $1 and (chain, address, to_address, value, data) = ($2, $3, $4, $5, $6)",
    [id, ...what],
  );
  if (same.length === 0) throw invalid(id, "another intent has its id");
}

/**
 * What became of the account's intents that changed after a change. Each is told once, as it is now: what it was in between is
 * not kept.
 *
 * @param sql the caller's transaction, which can write down how far it has read
 * @param account that signs
 * @param after number of the last change that is known, 0 for none
 * @returns the oldest change first
 */
export async function changedIntents(
  sql: Sql,
  { chain, address }: Account,
  after: bigint,
): Promise<IntentChange[]> {
  const rows = await sql.query<Row>(
    `select i.change, i.id, i.state, i.reason, t.hash, t.mined_block, t.mined_hash, t.gas_used, t.gas_price
     from intent i left join slot s on s.intent = i.id left join tx t
       on (t.chain, t.address, t.nonce) = (s.chain, s.address, s.nonce) and t.mined_hash is not null
     where i.chain = $1 and i.address = $2 and i.change > $3 order by i.change`,
    [chain, address, after],
  );
  return rows.map((row) => ({
    change: BigInt(row.change),
    id: row.id,
    state: row.state,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.hash !== null && {
      transaction: row.hash,
      block: Number(row.mined_block),
      blockHash: row.mined_hash,
      gasUsed: BigInt(row.gas_used),
      gasPrice: BigInt(row.gas_price),
    }),
  }));
}

interface Row {
  readonly change: string;
  readonly id: string;
  readonly state: IntentState;
  readonly reason: string | null;
  readonly hash: string | null;
  readonly mined_block: string;
  readonly mined_hash: string;
  readonly gas_used: string;
  readonly gas_price: string;
}

function invalid(id: string, why: string): Torch2CircomError {
  return new Torch2CircomError(
    "INVALID_ARGUMENT",
    `The intent ${id.slice(0, 100)} cannot be written down: ${why}`,
    "Give each intent an id of its own, an address, bytes and an amount in wei.",
  );
}
