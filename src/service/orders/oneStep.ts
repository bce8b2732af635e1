import { Contract } from "ethers";
import type { RequestAuthorization } from "../../client/signedRequest.js";
import { HttpError } from "../../errors/httpError.js";
import type { Database, Sql } from "../database/database.js";
import type { JobRow } from "../jobs/row.js";
import { advance } from "../jobs/store.js";
import { modelOf, type Shop } from "../offer/shop.js";
import type { Dispatcher } from "./fundings.js";
import { requireAccepted, signatureOf, unpaidJob } from "./payment.js";

const EIP3009 = [
  "function receiveWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)",
];

/** Whether a client may pay in one step: not after a payment that it had promised so was not there. */
export async function mayPayInOneStep(sql: Sql, client: string): Promise<boolean> {
  const lost = await sql.query(
    "select from job where client = $1 and payment = 'one step' and state = 'lost' limit 1",
    [client],
  );
  return lost.length === 0;
}

/**
 * Takes what a client has signed to pay for a quoted job in the transaction that settles it (EIP-3009): the job is proven first,
 * and the client locks nothing. The token is asked whether it would pay now. The same payment again changes nothing.
 *
 * @param id of the job
 * @throws HttpError for a job that is not quoted here, a model or a client of which the payment has to come first, and a payment
 *   that the token would refuse
 */
export async function acceptSettlement(
  shop: Shop,
  database: Database,
  queue: Dispatcher,
  id: string,
  authorization: RequestAuthorization,
): Promise<void> {
  const row = await unpaidJob(shop, database, id);
  if (row === undefined) return;
  if (!modelOf(shop, row.terms.modelId).oneStep || !(await mayPayInOneStep(database, row.terms.client)))
    throw new HttpError(
      402,
      "This job has to be paid before its answer is proven",
      "Sign its funding instead (authorizeRequest), or fund it by a transaction.",
      "JOB_REFUSED",
    );
  await requirePayment(shop, row, authorization);
  await database.transaction(async (sql) => {
    const signedPayment = { ...authorization, method: "settle" };
    if (!(await advance(sql, id, ["quoted"], "accepted", { signedPayment, payment: "one step" }))) return;
    await queue.enqueue(sql, row);
  });
}

/** The token's own word: it is asked as if the escrow called it. */
async function requirePayment(
  shop: Shop,
  { id, terms }: JobRow,
  { validAfter, validBefore, signature }: RequestAuthorization,
): Promise<void> {
  if (validBefore <= terms.fundBy)
    throw new HttpError(
      402,
      "The signature ends before the job can be settled",
      "Sign it until after the job's fundBy.",
    );
  const { v, r, s } = signatureOf(signature);
  const digest = await shop.contracts.escrow.settlementDigest(id);
  const { client, token, amount } = terms;
  const { to, data } = await new Contract(token, EIP3009)
    .getFunction("receiveWithAuthorization")
    .populateTransaction(client, shop.escrow, amount, validAfter, validBefore, digest, v, r, s);
  await requireAccepted(shop, { from: shop.escrow, to, data });
}
