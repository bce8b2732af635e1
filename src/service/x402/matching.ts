import { getAddress } from "ethers";
import { inputCommitment, quantizeSample } from "../../client/inputs.js";
import { networkOf } from "../../client/service/x402Scheme.js";
import { HttpError } from "../../errors/httpError.js";
import type { JobRow } from "../jobs/row.js";
import type { OfferedModel } from "../offer/shop.js";
import type { X402Payment } from "./wire.js";

/** What is asked for together with a payment. */
export interface PaidRequest {
  readonly client: string;
  readonly token?: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly salt?: string;
}

/**
 * Refuses a payment of another job than that of the request that it comes with: x402 lets one payment come with any body.
 *
 * @param body of the request
 * @throws HttpError 402 that names what differs
 */
export function requireSameJob(
  { id, model }: OfferedModel,
  body: PaidRequest,
  { accepted, payload }: X402Payment,
  { chain, escrow, terms }: JobRow,
): void {
  const { manifest } = model;
  const salt = BigInt(body.salt ?? accepted.extra.salt);
  const wrong = [
    terms.modelId !== id && "another model",
    accepted.network !== networkOf(chain) && "another chain",
    !same(accepted.payTo, escrow) && "another escrow",
    !same(accepted.asset, body.token ?? terms.token) && "another token",
    !same(accepted.asset, terms.token) && "another token",
    BigInt(accepted.amount) !== terms.amount && "another amount",
    !same(payload.client, terms.client) && "another client",
    !same(body.client, terms.client) && "another client",
    inputCommitment(manifest, quantizeSample(manifest, body.inputs), salt) !== terms.inputCommitment &&
      "another input",
  ].find((one) => one !== false);
  if (wrong === undefined) return;
  throw new HttpError(
    402,
    `The payment is of a job with ${wrong} than the request`,
    "Send the body again for which the payment was asked.",
    "JOB_REFUSED",
  );
}

function same(one: string, other: string): boolean {
  return getAddress(one.toLowerCase()) === getAddress(other.toLowerCase());
}
