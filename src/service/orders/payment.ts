import { Signature, type Signer } from "ethers";
import type { RequestAuthorization } from "../../client/signedRequest.js";
import { explainRefusal } from "../../client/errors.js";
import { HttpError } from "../../errors/httpError.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import type { Database, Sql } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import { advance, readJobRow } from "../jobs/store.js";
import type { Intent } from "../ledger/intents.js";
import type { Shop } from "../offer/shop.js";

/** What carries intents out; see Ledger. */
export interface Submitter {
  submit(sql: Sql, intent: Intent): Promise<void>;
}

/** Seconds before a job's `fundBy` from which on its funding may be mined too late. */
const SPARE_SECONDS = 120n;

/** The intent that funds a job. */
export function fundingOf(jobId: string): string {
  return `fund:${jobId}`;
}

/**
 * Takes what a client has signed to fund a quoted job (EIP-3009), and relays it: the client needs no gas. It is called before it
 * is written down, so that a signature of somebody else, a balance that does not suffice and a token that takes fees are told to
 * the client. The same payment again changes nothing.
 *
 * @param id of the job
 * @throws HttpError for a job that is not quoted here, and for a payment that the escrow would refuse
 */
export async function relayPayment(
  shop: Shop,
  database: Database,
  ledger: Submitter,
  id: string,
  authorization: RequestAuthorization,
): Promise<void> {
  const row = await unpaidJob(shop, database, id);
  if (row === undefined) return;
  const call = await fundingCall(shop, row, authorization);
  await requireAccepted(shop, call);
  await database.transaction(async (sql) => {
    const signedPayment = { ...authorization, method: "request" };
    if (!(await advance(sql, id, ["quoted"], "funding", { signedPayment }))) return;
    await ledger.submit(sql, { id: fundingOf(id), ...call, value: 0n });
  });
}

/**
 * A job that waits for its payment.
 *
 * @returns undefined where it was paid already: its client asks again, since the answer got lost
 * @throws HttpError for a job that is not quoted here, is over, or can be funded no more
 */
export async function unpaidJob(shop: Shop, database: Database, id: string): Promise<JobRow | undefined> {
  const row = await readJobRow(database, id);
  if (row === undefined) throw notQuoted();
  if (row.state !== "quoted") return requireUnderWay(row);
  await requireInTime(shop, row);
  return row;
}

/** Hash of the service's transaction that funded a job; undefined where none is mined. */
export async function fundingTransaction(sql: Sql, jobId: string): Promise<string | undefined> {
  const [row] = await sql.query<{ hash: string }>(
    `select t.hash from slot s join tx t using (chain, address, nonce)
     where s.intent = $1 and t.mined_block is not null and t.status = 1`,
    [fundingOf(jobId)],
  );
  return row?.hash;
}

async function fundingCall(
  { contracts }: Shop,
  { terms, offer }: JobRow,
  { validAfter, validBefore, signature }: RequestAuthorization,
): Promise<{ to: string; data: string }> {
  const { v, r, s } = signatureOf(signature);
  const { to, data } = await contracts.escrow.requestWithAuthorization.populateTransaction(
    terms,
    offer ?? "0x",
    validAfter,
    validBefore,
    v,
    r,
    s,
  );
  return { to, data };
}

export function signatureOf(text: string): Signature {
  try {
    return Signature.from(text);
  } catch {
    throw new HttpError(
      400,
      "The signature is not one of 65 bytes",
      "Sign the payment again (authorizeRequest).",
    );
  }
}

async function requireInTime({ chain }: Shop, { terms }: JobRow): Promise<void> {
  const block = await explainRefusal(async () => chain.signer.provider!.getBlock("latest"));
  if (BigInt(block!.timestamp) + SPARE_SECONDS <= terms.fundBy) return;
  throw new HttpError(410, "The quote has expired", "Ask for another quote.", "JOB_REFUSED");
}

/** @throws HttpError 402 with the escrow's reason, where it would take no payment */
export async function requireAccepted(
  { chain }: Shop,
  call: { from?: string; to: string; data: string },
): Promise<void> {
  const signer: Signer = chain.signer;
  try {
    await explainRefusal(async () => signer.provider!.call({ from: await signer.getAddress(), ...call }));
  } catch (error) {
    if (!(error instanceof Torch2CircomError) || error.code !== "CONTRACT_REFUSED") throw error;
    throw new HttpError(
      402,
      `The payment would be refused: ${error.problem}`,
      error.remedy,
      "CONTRACT_REFUSED",
    );
  }
}

/** A payment that comes again, since its answer got lost. */
function requireUnderWay({ state, reason }: JobRow): undefined {
  if (!["expired", "declined", "failed", "lost", "refunded"].includes(state)) return undefined;
  throw new HttpError(410, `The job is over: ${reason ?? state}`, "Ask for another quote.", "JOB_REFUSED");
}

function notQuoted(): HttpError {
  return new HttpError(404, "There is no such job here", "Ask for a quote first.", "JOB_NOT_FOUND");
}
